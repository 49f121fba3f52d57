using System.Text.Json.Serialization;
using RedisAspire.Caching.Near;

namespace RedisAspire.Caching.Telemetry;

/// <summary>The statistics of the cache of this process: since its start, and over the last minute.</summary>
public sealed class CacheStatistics : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(5);

    private readonly RequestCounters _counters;
    private readonly NearCache _near;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _changing = new();
    // The figures at the end of each slice of the window, and of the slice before it.
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

    /// <summary>When counting started.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Whether the near cache is on, because Redis pushes invalidations.</summary>
    public bool IsNearCacheOn => _near.IsOn;

    /// <summary>The number of entries in the near cache.</summary>
    public int NearEntries => _near.Count;

    /// <summary>The accounted size of the near cache in bytes.</summary>
    public long NearBytes => _near.Bytes;

    /// <summary>The figures since the start.</summary>
    public CacheFigures SinceStart => _counters.Read(_near.Statistics);

    /// <summary>The figures of the last 60 to 65 seconds.</summary>
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

/// <summary>The figures of a cache over a period. Figures of several processes or of consecutive periods can be added.</summary>
public sealed record CacheFigures
{
    /// <summary>Figures that are all zero.</summary>
    public static CacheFigures None { get; } = new();

    /// <summary>Look-ups answered by the near cache.</summary>
    public long NearHits { get; init; }

    /// <summary>Look-ups answered by Redis.</summary>
    public long RedisHits { get; init; }

    /// <summary>Look-ups answered with a stale value.</summary>
    public long Stale { get; init; }

    /// <summary>Look-ups answered by the source.</summary>
    public long Misses { get; init; }

    /// <summary>Look-ups that shared the read or source call of another one.</summary>
    public long Coalesced { get; init; }

    /// <summary>Reads and writes that continued without Redis because it failed.</summary>
    public long Fallbacks { get; init; }

    /// <summary>Invalidations that removed an entry from the near cache.</summary>
    public long Invalidations { get; init; }

    /// <summary>Entries evicted from the near cache to make room for others.</summary>
    public long Evictions { get; init; }

    /// <summary>Flushes of the near cache.</summary>
    public long Flushes { get; init; }

    /// <summary>The latency of hits.</summary>
    public LatencyDistribution HitLatency { get; init; } = LatencyDistribution.Empty;

    /// <summary>The latency of misses.</summary>
    public LatencyDistribution MissLatency { get; init; } = LatencyDistribution.Empty;

    /// <summary>Look-ups answered without calling the source.</summary>
    [JsonIgnore]
    public long Hits => NearHits + RedisHits;

    /// <summary>All look-ups.</summary>
    [JsonIgnore]
    public long Requests => Hits + Misses;

    /// <summary>The share of look-ups answered without calling the source; <see langword="null"/> when there were none.</summary>
    [JsonIgnore]
    public double? HitRatio => Requests == 0 ? null : (double)Hits / Requests;

    /// <summary>
    /// The share of the time of a miss that a hit saves, by their medians, so that one slow look-up does not distort it;
    /// <see langword="null"/> without hits or without misses.
    /// </summary>
    [JsonIgnore]
    public double? Gain => MissLatency.Percentile(0.5) is { } miss and > 0 && HitLatency.Percentile(0.5) is { } hit ? 1 - (hit / miss) : null;

    /// <summary>Adds figures.</summary>
    /// <param name="left">Figures of one process or period.</param>
    /// <param name="right">Figures of another one.</param>
    public static CacheFigures operator +(CacheFigures left, CacheFigures right) => Combine(left, right, static (one, other) => one + other, static (one, other) => one + other);

    /// <summary>Subtracts figures, to get those of the period between two moments.</summary>
    /// <param name="left">The later figures.</param>
    /// <param name="right">The earlier figures.</param>
    public static CacheFigures operator -(CacheFigures left, CacheFigures right) => Combine(left, right, static (one, other) => one - other, static (one, other) => one - other);

    private static CacheFigures Combine(
        CacheFigures left, CacheFigures right, Func<long, long, long> count, Func<LatencyDistribution, LatencyDistribution, LatencyDistribution> latency)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new()
        {
            NearHits = count(left.NearHits, right.NearHits),
            RedisHits = count(left.RedisHits, right.RedisHits),
            Stale = count(left.Stale, right.Stale),
            Misses = count(left.Misses, right.Misses),
            Coalesced = count(left.Coalesced, right.Coalesced),
            Fallbacks = count(left.Fallbacks, right.Fallbacks),
            Invalidations = count(left.Invalidations, right.Invalidations),
            Evictions = count(left.Evictions, right.Evictions),
            Flushes = count(left.Flushes, right.Flushes),
            HitLatency = latency(left.HitLatency, right.HitLatency),
            MissLatency = latency(left.MissLatency, right.MissLatency),
        };
    }
}
