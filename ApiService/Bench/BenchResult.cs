namespace RedisAspire.ApiService.Bench;

/// <summary>What a run has measured.</summary>
/// <param name="StartedAt">When it began.</param>
/// <param name="Settings">What was asked for.</param>
/// <param name="Requests">How many requests were answered.</param>
/// <param name="StoppedEarly">Whether the time was up before all were.</param>
/// <param name="ElapsedMs">How long they took together.</param>
/// <param name="PerSecond">How many that is in a second.</param>
/// <param name="Levels">Throughput and latencies by who answered.</param>
internal sealed record BenchResult(
    DateTimeOffset StartedAt,
    BenchRequest Settings,
    long Requests,
    bool StoppedEarly,
    double ElapsedMs,
    double PerSecond,
    IReadOnlyList<LatencySummary> Levels);
