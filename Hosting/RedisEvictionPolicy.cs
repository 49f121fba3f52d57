namespace Aspire.Hosting.ApplicationModel;

/// <summary>What Redis evicts when its memory is used up. See https://redis.io/docs/latest/develop/reference/eviction/.</summary>
public enum RedisEvictionPolicy
{
    /// <summary>Nothing: writes are refused.</summary>
    NoEviction,

    /// <summary>The keys that were not used for the longest time.</summary>
    AllKeysLru,

    /// <summary>The keys that are used least often.</summary>
    AllKeysLfu,

    /// <summary>Any keys.</summary>
    AllKeysRandom,

    /// <summary>Of the keys with a time to live, those that were not used for the longest time.</summary>
    VolatileLru,

    /// <summary>Of the keys with a time to live, those that are used least often.</summary>
    VolatileLfu,

    /// <summary>Any keys with a time to live.</summary>
    VolatileRandom,

    /// <summary>The keys that expire next.</summary>
    VolatileTtl,
}
