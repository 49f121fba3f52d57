namespace RedisAspire.Caching.Entries;

/// <summary>What Redis has under a key.</summary>
internal enum EntryFinding
{
    /// <summary>Nothing that will do.</summary>
    Missing,

    /// <summary>A value that will do.</summary>
    Fresh,

    /// <summary>A value that is to be refreshed.</summary>
    Stale,

    /// <summary>Redis could not say.</summary>
    Unavailable,
}
