using System.Runtime.CompilerServices;
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
/// the first hits of a thread are all timed; after those, every 64th represents the others.
/// </summary>
/// <remarks>
/// Every thread has a cell of its own, which nobody else writes to: an atomic addition would be a quarter of the hit.
/// </remarks>
internal sealed class NearHitCounter
{
    private const int SampleInterval = 64;
    private const int AllTimedBelow = 10_000;

    private static int _lastId = -1;

    // The cells of this thread, by the number of their counter: mostly there is one cache in a process.
    [ThreadStatic]
    private static Cell?[]? _ofThread;

    private readonly int _id = Interlocked.Increment(ref _lastId);
    private readonly Lock _changing = new();
    private readonly List<Cell> _cells = [];
    private long _ofEndedThreads;
    private long _others;

    /// <summary>The number of hits.</summary>
    public long Count
    {
        get
        {
            // The others are read first: a look-up that is not yet known to be none of them counts as a hit for that moment.
            var count = -Interlocked.Read(ref _others);
            lock (_changing)
                return count + _ofEndedThreads + _cells.Sum(static cell => Volatile.Read(ref cell.Count));
        }
    }

    /// <summary>Counts a look-up as a hit: only one that is not is counted twice, by <see cref="CountOther"/>.</summary>
    /// <returns>The number of hits that its latency represents; 0 when it need not be timed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int CountLookup()
    {
        var cells = _ofThread;
        var cell = cells is not null && (uint)_id < (uint)cells.Length && cells[_id] is { } own ? own : AddCell();
        var before = cell.Count;
        Volatile.Write(ref cell.Count, before + 1);
        return before < cell.AllTimedUntil ? 1 : before % SampleInterval == 0 ? SampleInterval : 0;
    }

    /// <summary>Counts a look-up that was no hit after all.</summary>
    public void CountOther() => Interlocked.Increment(ref _others);

    /// <summary>Starts a slice: its first hits are all timed again.</summary>
    public void BeginSlice()
    {
        lock (_changing)
        {
            foreach (var cell in _cells)
                Volatile.Write(ref cell.AllTimedUntil, Volatile.Read(ref cell.Count) + AllTimedBelow);
        }
    }

    private Cell AddCell()
    {
        var cell = new Cell(Thread.CurrentThread);
        if (_ofThread is not { } cells || cells.Length <= _id)
            Array.Resize(ref _ofThread, _id + 1);
        _ofThread![_id] = cell;
        lock (_changing)
        {
            // Threads come and go, and so do their cells.
            foreach (var ended in _cells.Where(static other => !other.Owner.IsAlive).ToArray())
            {
                _cells.Remove(ended);
                _ofEndedThreads += ended.Count;
            }

            _cells.Add(cell);
        }

        return cell;
    }

    private sealed class Cell(Thread owner)
    {
        public long Count;

        public long AllTimedUntil = AllTimedBelow;

        public Thread Owner => owner;
    }
}

/// <summary>The beginning of a look-up.</summary>
/// <param name="Timestamp">When it began, if it is timed.</param>
/// <param name="Weight">The number of near hits that its latency represents; 0 when it is not timed.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LookupStart(long Timestamp, int Weight);
