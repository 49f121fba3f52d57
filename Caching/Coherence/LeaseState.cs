namespace RedisAspire.Caching.Coherence;

/// <summary>Who fills a missing key.</summary>
internal enum LeaseState
{
    /// <summary>Redis could not say: everybody fills for themselves, and nobody stores.</summary>
    Unavailable,

    /// <summary>We do.</summary>
    Taken,

    /// <summary>Another process does.</summary>
    Held,

    /// <summary>Nobody need: it has been filled meanwhile.</summary>
    Filled,
}
