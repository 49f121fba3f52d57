using System.Runtime.InteropServices;
using RedisAspire.Caching.Near;

namespace RedisAspire.Caching.Store;

/// <summary>The result of reading a key from Redis.</summary>
/// <param name="State">Whether the key has a value.</param>
/// <param name="Payload">The bytes of the value.</param>
/// <param name="TimeToLive">The remaining time to live; <see langword="null"/> for ever.</param>
/// <param name="Node">The node that answered.</param>
/// <param name="Ticket">The right to keep the value in the near cache; <see langword="null"/> when Redis would not push an invalidation for it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StoredEntry(StoredState State, byte[]? Payload, TimeSpan? TimeToLive, string? Node, FillTicket? Ticket)
{
    public static StoredEntry Missing => default;

    public static StoredEntry Unavailable => new(StoredState.Unavailable, null, null, null, null);

    public static StoredEntry Of(byte[]? payload, TimeSpan? timeToLive, string node, FillTicket? ticket) =>
        new(payload is null ? StoredState.Missing : StoredState.Found, payload, timeToLive, node, ticket);
}

/// <summary>Whether Redis has a value for a key.</summary>
internal enum StoredState
{
    /// <summary>The key has no value.</summary>
    Missing,

    /// <summary>The key has a value.</summary>
    Found,

    /// <summary>Redis did not answer, so no value must be written either.</summary>
    Unavailable,
}
