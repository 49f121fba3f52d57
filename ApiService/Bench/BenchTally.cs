using RedisAspire.Caching;

namespace RedisAspire.ApiService.Bench;

/// <summary>What one of a run's callers has measured.</summary>
internal sealed class BenchTally
{
    private readonly LatencyHistogram[] _latencies = [new(), new(), new(), new()];

    /// <summary>The reads that a level has answered.</summary>
    public LatencyHistogram Reads(CacheLevel level) => _latencies[(int)level];

    /// <summary>The writes.</summary>
    public LatencyHistogram Writes => _latencies[^1];

    public void Add(BenchTally other)
    {
        for (var i = 0; i < _latencies.Length; i++)
            _latencies[i].Add(other._latencies[i]);
    }

    /// <summary>Those levels that answered anything.</summary>
    public IReadOnlyList<LatencySummary> Summarize(TimeSpan elapsed) =>
    [
        .. new (string Level, LatencyHistogram Latencies)[]
            {
                (BenchRequest.Near, Reads(CacheLevel.Near)),
                (BenchRequest.Redis, Reads(CacheLevel.Redis)),
                (BenchRequest.Source, Reads(CacheLevel.Source)),
                ("write", Writes),
            }
            .Where(level => level.Latencies.Count > 0)
            .Select(level => LatencySummary.Of(level.Level, level.Latencies, elapsed)),
    ];
}
