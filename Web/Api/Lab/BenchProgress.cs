namespace RedisAspire.Web.Api.Lab;

/// <summary>How far a run of the bench is.</summary>
/// <param name="Phase"><c>filling</c> while the keys are being written, then <c>measuring</c>.</param>
/// <param name="Requests">How many requests have been answered.</param>
/// <param name="Total">How many there are to be.</param>
/// <param name="ElapsedMs">How long it has been measured.</param>
/// <param name="PerSecond">How many requests that is in a second.</param>
/// <param name="Levels">Latencies so far, by who answered.</param>
public sealed record BenchProgress(string Phase, long Requests, int Total, double ElapsedMs, double PerSecond, IReadOnlyList<LevelLatency> Levels);
