using System.Text.Json.Serialization;
using RedisAspire.Caching.Near;

namespace RedisAspire.Caching.Telemetry;

/// <summary>What the cache of this process does: since it was started, and over the last minute.</summary>
public sealed class CacheStatistics : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(5);

    private readonly RequestCounters _counters;
    private readonly NearCache _near;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _changing = new();
    // What was known at the end of each slice of the window, and of one before.
    private readonly Queue<(long At, CacheFigures Figures)> _slices = new();

    internal CacheStatistics(RequestCounters counters, NearCache near, TimeProvider time)
    {
        _counters = counters;
        _near = near;
        _time = time;
        StartedAt = time.GetUtcNow();
        _slices.Enqueue((time.GetTimestamp(), CacheFigures.None));
        _timer = time.CreateTimer(static self => ((CacheStatistics)self!).EndSlice(), this, Slice, Slice);
    }

    /// <summary>When counting began.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Whether values stay in the process now, because Redis tells when they change.</summary>
    public bool IsNearCacheOn => _near.IsOn;

    /// <summary>How many entries are in the process.</summary>
    public int NearEntries => _near.Count;

    /// <summary>How many bytes they count for.</summary>
    public long NearBytes => _near.Bytes;

    /// <summary>Everything since the start.</summary>
    public CacheFigures SinceStart => _counters.Read(_near.Statistics);

    /// <summary>The last minute, to within five seconds more.</summary>
    public CacheFigures LastMinute
    {
        get
        {
            lock (_changing)
                return SinceStart - _slices.Peek().Figures;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    internal void EndSlice()
    {
        _counters.Near.BeginSlice();
        lock (_changing)
        {
            _slices.Enqueue((_time.GetTimestamp(), SinceStart));
            while (_slices.Count > 1 && _time.GetElapsedTime(_slices.ElementAt(1).At) >= Window)
                _slices.Dequeue();
        }
    }
}

/// <summary>What a cache did during some time. Figures of several processes, or of one after the other, can be added.</summary>
public sealed record CacheFigures
{
    /// <summary>The figures of a cache that has done nothing.</summary>
    public static CacheFigures None { get; } = new();

    /// <summary>Look-ups answered from the process.</summary>
    public long NearHits { get; init; }

    /// <summary>Look-ups answered from Redis.</summary>
    public long RedisHits { get; init; }

    /// <summary>Those of them that were answered with a value past its time.</summary>
    public long Stale { get; init; }

    /// <summary>Look-ups answered by the source.</summary>
    public long Misses { get; init; }

    /// <summary>Look-ups that shared the work of another.</summary>
    public long Coalesced { get; init; }

    /// <summary>Reads and writes that did without Redis because it failed.</summary>
    public long Fallbacks { get; init; }

    /// <summary>Entries removed from the process because they changed.</summary>
    public long Invalidations { get; init; }

    /// <summary>Entries that left the process to make room for others.</summary>
    public long Evictions { get; init; }

    /// <summary>How often the process let go of all entries.</summary>
    public long Flushes { get; init; }

    /// <summary>How long hits took.</summary>
    public LatencyDistribution HitLatency { get; init; } = LatencyDistribution.Empty;

    /// <summary>How long misses took.</summary>
    public LatencyDistribution MissLatency { get; init; } = LatencyDistribution.Empty;

    /// <summary>Look-ups that spared the source.</summary>
    [JsonIgnore]
    public long Hits => NearHits + RedisHits;

    /// <summary>All look-ups.</summary>
    [JsonIgnore]
    public long Requests => Hits + Misses;

    /// <summary>The share of look-ups that spared the source; <see langword="null"/> without any look-up.</summary>
    [JsonIgnore]
    public double? HitRatio => Requests == 0 ? null : (double)Hits / Requests;

    /// <summary>
    /// The share of a look-up's time that a hit spares, by their medians, which one slow look-up does not move;
    /// <see langword="null"/> without hits or without misses.
    /// </summary>
    [JsonIgnore]
    public double? Gain => MissLatency.Percentile(0.5) is { } miss and > 0 && HitLatency.Percentile(0.5) is { } hit ? 1 - (hit / miss) : null;

    /// <summary>What both did together.</summary>
    /// <param name="left">The figures of one.</param>
    /// <param name="right">The figures of another.</param>
    public static CacheFigures operator +(CacheFigures left, CacheFigures right) => Add(left, right);

    /// <summary>What has been done between two moments.</summary>
    /// <param name="left">The later figures.</param>
    /// <param name="right">The earlier figures.</param>
    public static CacheFigures operator -(CacheFigures left, CacheFigures right) => Subtract(left, right);

    /// <summary>What both did together.</summary>
    /// <param name="left">The figures of one.</param>
    /// <param name="right">The figures of another.</param>
    /// <returns>Their sum.</returns>
    public static CacheFigures Add(CacheFigures left, CacheFigures right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return Combine(left, right, left.HitLatency + right.HitLatency, left.MissLatency + right.MissLatency, sign: 1);
    }

    /// <summary>What has been done between two moments.</summary>
    /// <param name="left">The later figures.</param>
    /// <param name="right">The earlier figures.</param>
    /// <returns>Their difference.</returns>
    public static CacheFigures Subtract(CacheFigures left, CacheFigures right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return Combine(left, right, left.HitLatency - right.HitLatency, left.MissLatency - right.MissLatency, sign: -1);
    }

    private static CacheFigures Combine(CacheFigures left, CacheFigures right, LatencyDistribution hits, LatencyDistribution misses, long sign) => new()
    {
        NearHits = left.NearHits + (sign * right.NearHits),
        RedisHits = left.RedisHits + (sign * right.RedisHits),
        Stale = left.Stale + (sign * right.Stale),
        Misses = left.Misses + (sign * right.Misses),
        Coalesced = left.Coalesced + (sign * right.Coalesced),
        Fallbacks = left.Fallbacks + (sign * right.Fallbacks),
        Invalidations = left.Invalidations + (sign * right.Invalidations),
        Evictions = left.Evictions + (sign * right.Evictions),
        Flushes = left.Flushes + (sign * right.Flushes),
        HitLatency = hits,
        MissLatency = misses,
    };
}
