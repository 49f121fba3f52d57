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

    /// <summary>The look-ups that Redis answered.</summary>
    public long RedisHits => Interlocked.Read(ref _redisHits);

    /// <summary>The look-ups that the source answered.</summary>
    public long SourceCalls => Interlocked.Read(ref _sourceCalls);

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
        RedisHits = RedisHits,
        Stale = Interlocked.Read(ref _stale),
        Misses = SourceCalls,
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
    private long _others;

    public NearHitCounter() => BeginSlice();

    /// <summary>The number of hits.</summary>
    public long Count
    {
        get
        {
            // The others are read first: a look-up that is not yet known to be none of them counts as a hit for that moment.
            var count = -Interlocked.Read(ref _others);
            for (var i = 0; i < _cells.Length; i++)
                count += Interlocked.Read(ref _cells[i].Count);
            return count;
        }
    }

    /// <summary>Counts a look-up as a hit: only one that is not is counted twice, by <see cref="CountOther"/>.</summary>
    /// <returns>The number of hits that its latency represents; 0 when it need not be timed.</returns>
    public int CountLookup()
    {
        ref var cell = ref _cells[Thread.GetCurrentProcessorId() & (_cells.Length - 1)];
        var before = Interlocked.Increment(ref cell.Count) - 1;
        return before < cell.SampledFrom ? 1 : before % SampleInterval == 0 ? SampleInterval : 0;
    }

    /// <summary>Counts a look-up that was no hit after all.</summary>
    public void CountOther() => Interlocked.Increment(ref _others);

    /// <summary>Starts a slice: its first hits are all timed again.</summary>
    public void BeginSlice()
    {
        for (var i = 0; i < _cells.Length; i++)
            Volatile.Write(ref _cells[i].SampledFrom, Interlocked.Read(ref _cells[i].Count) + AllTimedBelow);
    }

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

/// <summary>The beginning of a look-up.</summary>
/// <param name="Timestamp">When it began, if it is timed.</param>
/// <param name="Weight">The number of near hits that its latency represents; 0 when it is not timed.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LookupStart(long Timestamp, int Weight);
