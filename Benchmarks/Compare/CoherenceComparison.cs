using RedisAspire.RedisProcesses;

namespace RedisAspire.Benchmarks.Compare;

internal static class CoherenceComparison
{
    public static Task<IReadOnlyList<Row>> RunAsync(RedisReplication redis, ComparisonOptions options) => Task.FromResult<IReadOnlyList<Row>>([]);
}
