namespace RedisAspire.Caching;

/// <summary>The level of the cache that answered a look-up.</summary>
public enum CacheLevel
{
    /// <summary>The value was in this process.</summary>
    Near,

    /// <summary>The value was in Redis.</summary>
    Redis,

    /// <summary>The value came from the source: the factory given to the look-up.</summary>
    Source,
}
