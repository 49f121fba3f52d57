namespace RedisAspire.Caching.Near;

/// <summary>A monotonic clock in milliseconds, cheap enough to be read on every hit.</summary>
/// <param name="time">The time source; for <see cref="TimeProvider.System"/> the clock reads the system's tick counter.</param>
internal sealed class NearClock(TimeProvider time)
{
    /// <summary>The deadline of an item that never expires.</summary>
    public const long Never = long.MaxValue;

    // The system's tick counter advances in steps of at most 15.6 ms, so it may be that much behind the true time.
    private const long SystemStep = 16;

    private readonly TimeProvider? _time = time == TimeProvider.System ? null : time;

    /// <summary>The current time, rounded down.</summary>
    public long Now => _time is null ? Environment.TickCount64 : Milliseconds(_time);

    /// <summary>
    /// The time at which an item expires that lives for <paramref name="timeToLive"/> (<see langword="null"/>: for ever) from
    /// <paramref name="start"/> on. It is rounded down, so that a clock that is behind never makes an item outlive its time.
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
