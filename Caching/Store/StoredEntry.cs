using System.Runtime.InteropServices;
using RedisAspire.Caching.Near;

namespace RedisAspire.Caching.Store;

/// <summary>A key as read from Redis.</summary>
/// <param name="State">What Redis said.</param>
/// <param name="Payload">The bytes under the key.</param>
/// <param name="TimeToLive">How long they remain; <see langword="null"/> for ever.</param>
/// <param name="Node">The node that answered.</param>
/// <param name="Ticket">The right to keep the value in the process; <see langword="null"/> when Redis would not tell of its change.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StoredEntry(StoredState State, byte[]? Payload, TimeSpan? TimeToLive, string? Node, FillTicket? Ticket)
{
    public static StoredEntry Missing => default;

    public static StoredEntry Unavailable => new(StoredState.Unavailable, null, null, null, null);

    public static StoredEntry Of(byte[]? payload, TimeSpan? timeToLive, string node, FillTicket? ticket) =>
        new(payload is null ? StoredState.Missing : StoredState.Found, payload, timeToLive, node, ticket);
}

/// <summary>What Redis said about a key.</summary>
internal enum StoredState
{
    /// <summary>The key has no value.</summary>
    Missing,

    /// <summary>The key has a value.</summary>
    Found,

    /// <summary>Redis could not say, so nothing is to be written either.</summary>
    Unavailable,
}
