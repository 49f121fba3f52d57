using RedisAspire.Caching;
using RedisAspire.Caching.Telemetry;

namespace RedisAspire.ApiService.Bench;

/// <summary>What one of a run's callers has measured.</summary>
internal sealed class BenchTally
{
    private readonly LatencyHistogram[] _latencies = [new(), new(), new(), new()];

    /// <summary>The reads that a level has answered.</summary>
    public LatencyHistogram Reads(CacheLevel level) => _latencies[(int)level];

    /// <summary>The writes.</summary>
    public LatencyHistogram Writes => _latencies[^1];

    /// <summary>What all callers have measured, by level; those levels only that answered anything.</summary>
    public static IReadOnlyList<LatencySummary> Summarize(IReadOnlyCollection<BenchTally> tallies, TimeSpan elapsed) =>
    [
        .. new (string Level, Func<BenchTally, LatencyHistogram> Latencies)[]
            {
                (BenchRequest.Near, tally => tally.Reads(CacheLevel.Near)),
                (BenchRequest.Redis, tally => tally.Reads(CacheLevel.Redis)),
                (BenchRequest.Source, tally => tally.Reads(CacheLevel.Source)),
                ("write", tally => tally.Writes),
            }
            .Select(level => (level.Level, Latencies: tallies.Select(tally => level.Latencies(tally).Read()).Aggregate(LatencyDistribution.Add)))
            .Where(level => level.Latencies.Count > 0)
            .Select(level => Summarize(level.Level, level.Latencies, elapsed)),
    ];

    private static LatencySummary Summarize(string level, LatencyDistribution latencies, TimeSpan elapsed) => new(
        level,
        latencies.Count,
        elapsed > TimeSpan.Zero ? Math.Round(latencies.Count / elapsed.TotalSeconds, 1) : 0,
        Milliseconds(latencies.Percentile(0.5)),
        Milliseconds(latencies.Percentile(0.9)),
        Milliseconds(latencies.Percentile(0.99)),
        Milliseconds(latencies.Maximum));

    private static double Milliseconds(double? seconds) => Math.Round((seconds ?? 0) * 1000, 6);
}
