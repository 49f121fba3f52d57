namespace RedisAspire.ApiService.Replication;

/// <summary>How long writes took.</summary>
/// <param name="Writes">How many were done; fewer than asked for when the time was up.</param>
/// <param name="ElapsedMs">How long all of them took.</param>
/// <param name="PerSecond">How many that is in a second.</param>
internal sealed record WriteTiming(int Writes, double ElapsedMs, double PerSecond)
{
    public static WriteTiming Of(int writes, TimeSpan elapsed) =>
        new(writes, Math.Round(elapsed.TotalMilliseconds, 3), elapsed > TimeSpan.Zero ? Math.Round(writes / elapsed.TotalSeconds) : 0);
}
