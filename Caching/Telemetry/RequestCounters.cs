using System.Numerics;
using System.Runtime.InteropServices;
using RedisAspire.Caching.Near;

namespace RedisAspire.Caching.Telemetry;

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

/// <summary>
/// Counts hits in the process, and says which of them to time: asking for the time costs as much as the hit. All are
/// timed while they are few; of many, every 64th stands for all.
/// </summary>
internal sealed class NearHitCounter
{
    private const int Sample = 64;
    private const int AllTimed = 10_000;

    // A cell for each processor, so that they do not wait for each other.
    private readonly Cell[] _cells = new Cell[BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount)];

    public NearHitCounter() => BeginSlice();

    /// <summary>How many hits there were.</summary>
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

    /// <summary>Whether the next hit is one of those that are timed.</summary>
    public bool IsNextTimed
    {
        get
        {
            ref var cell = ref Own;
            return WeightOf(ref cell, cell.Count) > 0;
        }
    }

    /// <summary>Counts a hit.</summary>
    /// <returns>How many hits its time stands for; 0 when it need not be known.</returns>
    public long CountHit()
    {
        ref var cell = ref Own;
        return WeightOf(ref cell, Interlocked.Increment(ref cell.Count) - 1);
    }

    /// <summary>From now on hits are few until they are many again.</summary>
    public void BeginSlice()
    {
        for (var i = 0; i < _cells.Length; i++)
            Volatile.Write(ref _cells[i].SampledFrom, Interlocked.Read(ref _cells[i].Count) + AllTimed);
    }

    private static long WeightOf(ref Cell cell, long before) =>
        before < cell.SampledFrom ? 1 : before % Sample == 0 ? Sample : 0;

    // As large as what processors pass to each other, neighbour included.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Cell
    {
        [FieldOffset(0)]
        public long Count;

        [FieldOffset(8)]
        public long SampledFrom;
    }
}
