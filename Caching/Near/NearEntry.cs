namespace RedisAspire.Caching.Near;

/// <summary>An item in its place: under its key, and between its neighbours in the eviction queue.</summary>
/// <param name="key">The key.</param>
/// <param name="item">The item.</param>
internal sealed class NearEntry(string key, NearItem item)
{
    public string Key { get; } = key;

    public NearItem Item { get; } = item;

    /// <summary>Copied from the item, so that a hit touches one cache line.</summary>
    public long ExpiresAt { get; } = item.ExpiresAt;

    /// <summary>Whether it was asked for since the eviction hand last passed. Written without a lock: a lost mark costs nothing.</summary>
    public bool IsVisited { get; set; }

    public NearEntry? Older { get; set; }

    public NearEntry? Newer { get; set; }
}
