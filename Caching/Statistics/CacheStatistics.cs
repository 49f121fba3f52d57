using RedisAspire.Caching.Near;

namespace RedisAspire.Caching.Statistics;

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
    public bool IsNearCacheOpen => _near.IsOpen;

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
