namespace RedisAspire.Caching.Near;

/// <summary>Milliseconds that only go forward, cheap enough to be read on every hit.</summary>
/// <param name="time">The system's tick counter stands for <see cref="TimeProvider.System"/>; any other is asked each time.</param>
internal sealed class NearClock(TimeProvider time)
{
    /// <summary>The deadline of what never expires.</summary>
    public const long Never = long.MaxValue;

    // The system's tick counter moves in steps, of 15.6 ms at most, and so may be that much behind the true time.
    private const long SystemStep = 16;

    private readonly TimeProvider? _time = time == TimeProvider.System ? null : time;

    /// <summary>The present moment, rounded down.</summary>
    public long Now => _time is null ? Environment.TickCount64 : Milliseconds(_time);

    /// <summary>
    /// The latest moment at which something may be served that lives for <paramref name="timeToLive"/> from
    /// <paramref name="start"/> on; <see langword="null"/> is for ever. Rounded down, so that a clock that is behind
    /// never makes an entry outlive its time.
    /// </summary>
    public long DeadlineOf(long start, TimeSpan? timeToLive) => timeToLive switch
    {
        null => Never,
        { } span when _time is null => start + (span.Ticks / TimeSpan.TicksPerMillisecond) - SystemStep,
        { } span => start + (span.Ticks / TimeSpan.TicksPerMillisecond),
    };

    private static long Milliseconds(TimeProvider time)
    {
        var (seconds, rest) = Math.DivRem(time.GetTimestamp(), time.TimestampFrequency);
        return (seconds * 1000) + (rest * 1000 / time.TimestampFrequency);
    }
}
