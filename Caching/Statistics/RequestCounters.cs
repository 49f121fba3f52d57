using RedisAspire.Caching.Near;

namespace RedisAspire.Caching.Statistics;

/// <summary>What a cache has done since it was made, counted without locks.</summary>
internal sealed class RequestCounters
{
    private readonly LatencyHistogram _hits = new();
    private readonly LatencyHistogram _misses = new();
    private long _redisHits;
    private long _stale;
    private long _sourceCalls;
    private long _coalesced;
    private long _fallbacks;

    /// <summary>The hits in the process.</summary>
    public NearHitCounter Near { get; } = new();

    /// <summary>Takes the time of hits in the process into account.</summary>
    public void TimeNearHit(long nanoseconds, long times) => _hits.Record(nanoseconds, times);

    /// <summary>Counts a look-up that went beyond the process.</summary>
    public void Count(CacheLevel level, bool isStale, long nanoseconds)
    {
        var isMiss = level == CacheLevel.Source;
        Interlocked.Increment(ref isMiss ? ref _sourceCalls : ref _redisHits);
        if (isStale)
            Interlocked.Increment(ref _stale);
        (isMiss ? _misses : _hits).Record(nanoseconds);
    }

    public void CountCoalesced() => Interlocked.Increment(ref _coalesced);

    public void CountFallback() => Interlocked.Increment(ref _fallbacks);

    /// <summary>All figures.</summary>
    /// <param name="near">What the near cache has counted by itself.</param>
    public CacheFigures Read(in NearCacheStatistics near) => new()
    {
        NearHits = Near.Count,
        RedisHits = Interlocked.Read(ref _redisHits),
        Stale = Interlocked.Read(ref _stale),
        Misses = Interlocked.Read(ref _sourceCalls),
        Coalesced = Interlocked.Read(ref _coalesced),
        Fallbacks = Interlocked.Read(ref _fallbacks),
        Invalidations = near.Invalidations,
        Evictions = near.CapacityEvictions,
        Flushes = near.Flushes,
        HitLatency = _hits.Read(),
        MissLatency = _misses.Read(),
    };
}
