namespace RedisAspire.Caching.Near;

/// <summary>The bounds of a <see cref="NearCache"/>.</summary>
internal sealed class NearCacheOptions
{
    /// <summary>The most entries kept. 100 000 by default.</summary>
    public int MaximumEntries { get; init; } = 100_000;

    /// <summary>The most bytes kept, by <see cref="NearItem.Size"/>. 64 MiB by default.</summary>
    public long MaximumBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The largest item kept: a sixteenth of <see cref="MaximumBytes"/>, so that no single one empties the cache.</summary>
    public long MaximumItemBytes => MaximumBytes / 16;
}
