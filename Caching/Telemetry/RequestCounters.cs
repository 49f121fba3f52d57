using System.Numerics;
using System.Runtime.InteropServices;
using RedisAspire.Caching.Near;

namespace RedisAspire.Caching.Telemetry;

/// <summary>The counters of a cache since its start; counting takes no lock.</summary>
internal sealed class RequestCounters
{
    private readonly LatencyHistogram _hits = new();
    private readonly LatencyHistogram _misses = new();
    private long _redisHits;
    private long _stale;
    private long _sourceCalls;
    private long _coalesced;
    private long _fallbacks;

    /// <summary>The counter of near hits.</summary>
    public NearHitCounter Near { get; } = new();

    /// <summary>Records the latency of near hits.</summary>
    public void TimeNearHit(long nanoseconds, long times) => _hits.Record(nanoseconds, times);

    /// <summary>Counts a look-up that Redis or the source answered.</summary>
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

    /// <summary>Reads all figures.</summary>
    /// <param name="near">The counters of the near cache.</param>
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

/// <summary>
/// Counts near hits and chooses which of them are timed, because reading the clock costs as much as the hit. In each slice
/// the first hits are all timed; after those, every 64th represents the others.
/// </summary>
internal sealed class NearHitCounter
{
    private const int SampleInterval = 64;
    private const int AllTimedBelow = 10_000;

    // There is a cell for each processor, so that processors do not contend for one counter.
    private readonly Cell[] _cells = new Cell[BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount)];

    public NearHitCounter() => BeginSlice();

    /// <summary>The number of hits.</summary>
    public long Count
    {
        get
        {
            var count = 0L;
            for (var i = 0; i < _cells.Length; i++)
                count += Interlocked.Read(ref _cells[i].Count);
            return count;
        }
    }

    private ref Cell Own => ref _cells[Thread.GetCurrentProcessorId() & (_cells.Length - 1)];

    /// <summary>Whether the next hit is timed.</summary>
    public bool IsNextTimed
    {
        get
        {
            ref var cell = ref Own;
            return WeightOf(ref cell, cell.Count) > 0;
        }
    }

    /// <summary>Counts a hit.</summary>
    /// <returns>The number of hits that its latency represents; 0 when it is not timed.</returns>
    public long CountHit()
    {
        ref var cell = ref Own;
        return WeightOf(ref cell, Interlocked.Increment(ref cell.Count) - 1);
    }

    /// <summary>Starts a slice: its first hits are all timed again.</summary>
    public void BeginSlice()
    {
        for (var i = 0; i < _cells.Length; i++)
            Volatile.Write(ref _cells[i].SampledFrom, Interlocked.Read(ref _cells[i].Count) + AllTimedBelow);
    }

    private static long WeightOf(ref Cell cell, long before) =>
        before < cell.SampledFrom ? 1 : before % SampleInterval == 0 ? SampleInterval : 0;

    // The size is two cache lines, because processors may prefetch the neighbouring line.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Cell
    {
        [FieldOffset(0)]
        public long Count;

        [FieldOffset(8)]
        public long SampledFrom;
    }
}
