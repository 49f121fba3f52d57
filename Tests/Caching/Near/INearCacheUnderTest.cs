namespace RedisAspire.Tests.Caching.Near;

/// <summary>A near cache of version numbers, as far as its coherence is concerned.</summary>
internal interface INearCacheUnderTest
{
    bool TryGet(string key, out long version);

    /// <summary>Fills <paramref name="key"/> with what <paramref name="read"/> returns.</summary>
    void Fill(string key, Func<long> read);

    void Invalidate(string key);

    void InvalidateAll();

    void CloseAndOpen();
}
