using Microsoft.Extensions.Options;
using RedisAspire.ApiService.Storage;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Leaderboard;

/// <summary>Counts requests in Redis, many at a time. Those that it cannot count, because Redis is away, are not made up for.</summary>
internal sealed class LeaderboardWriter(
    RequestTally tally, LeaderboardStore store, IOptions<LeaderboardOptions> options, TimeProvider time, RedisTopology topology, ILogger<LeaderboardWriter> logger)
    : RedisWorker("Counting for the leaderboard", topology, logger)
{
    private const int BatchSize = 200;

    protected override async Task WaitAsync(CancellationToken cancellationToken)
    {
        await tally.WaitAsync(cancellationToken);
        await Task.Delay(options.Value.FlushInterval, time, cancellationToken);
    }

    protected override async Task WorkAsync(CancellationToken cancellationToken)
    {
        foreach (var batch in tally.Take().Chunk(BatchSize))
            await store.AddAsync(batch, cancellationToken);
    }
}
