namespace RedisAspire.Web.Api.Lab;

/// <summary>What a run of the bench has measured.</summary>
/// <param name="StartedAt">When it began.</param>
/// <param name="Settings">What was asked for.</param>
/// <param name="Requests">How many requests were answered.</param>
/// <param name="StoppedEarly">Whether the time was up before all were.</param>
/// <param name="ElapsedMs">How long they took together.</param>
/// <param name="PerSecond">How many that is in a second.</param>
/// <param name="Levels">Throughput and latencies, by who answered.</param>
public sealed record BenchRun(
    DateTimeOffset StartedAt,
    BenchSettings Settings,
    long Requests,
    bool StoppedEarly,
    double ElapsedMs,
    double PerSecond,
    IReadOnlyList<LevelLatency> Levels);
