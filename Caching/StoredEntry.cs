namespace RedisAspire.Caching;

/// <summary>An entry as read from Redis.</summary>
/// <param name="State">What Redis said.</param>
/// <param name="Payload">The bytes under the key.</param>
/// <param name="TimeToLive">How long they remain; <see langword="null"/> for ever.</param>
/// <param name="Node">The node that answered.</param>
internal readonly record struct StoredEntry(StoredState State, byte[]? Payload, TimeSpan? TimeToLive, string? Node)
{
    public static StoredEntry Missing => default;

    public static StoredEntry Unavailable => new(StoredState.Unavailable, null, null, null);
}
