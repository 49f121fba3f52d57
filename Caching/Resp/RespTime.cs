namespace RedisAspire.Caching.Resp;

/// <summary>
/// Times as Redis tells them. Anybody may let a key expire in a million years, and a number may be anything: what is
/// too long for this process counts as the longest time that it knows.
/// </summary>
internal static class RespTime
{
    public static TimeSpan Milliseconds(long milliseconds) => Ticks(milliseconds, TimeSpan.TicksPerMillisecond);

    public static TimeSpan Seconds(long seconds) => Ticks(seconds, TimeSpan.TicksPerSecond);

    public static DateTimeOffset UnixSeconds(long seconds) => DateTimeOffset.FromUnixTimeSeconds(
        Math.Clamp(seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds()));

    private static TimeSpan Ticks(long units, long ticksPerUnit)
    {
        var ticks = (Int128)units * ticksPerUnit;
        return new TimeSpan((long)Int128.Clamp(ticks, long.MinValue, long.MaxValue));
    }
}
