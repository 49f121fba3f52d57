namespace RedisAspire.Caching.Coherence;

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
