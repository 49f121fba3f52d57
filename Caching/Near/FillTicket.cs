namespace RedisAspire.Caching.Near;

/// <summary>
/// The right to store what is about to be read from Redis, as long as nothing happens to the key meanwhile.
/// Every ticket ends in <see cref="NearCache.TryComplete"/> or <see cref="NearCache.Abandon"/>, once.
/// </summary>
internal sealed class FillTicket
{
    internal FillTicket(string key, long beganAt)
    {
        Key = key;
        BeganAt = beganAt;
    }

    /// <summary>The key that is filled.</summary>
    public string Key { get; }

    /// <summary>
    /// When the fill began, by <see cref="NearClock"/>. Redis answers later than that, so a time to live counted
    /// from here never ends after the one in Redis.
    /// </summary>
    public long BeganAt { get; }

    /// <summary>The generation the ticket is for; <see langword="null"/> when the cache was closed.</summary>
    internal NearGeneration? Generation { get; init; }

    /// <summary>The ticket's registration; <see langword="null"/> when it has ended.</summary>
    internal FillGroup? Group { get; set; }
}
