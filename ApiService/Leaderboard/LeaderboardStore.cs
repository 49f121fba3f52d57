using System.Globalization;
using Microsoft.Extensions.Options;
using RedisAspire.ApiService.Storage;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Leaderboard;

/// <summary>
/// The most requested keys, as sorted sets with the number of requests as score: one of all time at
/// <c>app:leaderboard:all</c>, and one of each day (UTC), which expires.
/// </summary>
internal sealed class LeaderboardStore(ApplicationStore store, IOptions<LeaderboardOptions> options, TimeProvider time)
{
    private const string AllTime = "app:leaderboard:all";

    private const string Count =
        """
        for _, board in ipairs(KEYS) do
          for i = 3, #ARGV, 2 do redis.call('ZINCRBY', board, ARGV[i], ARGV[i + 1]) end
          redis.call('ZREMRANGEBYRANK', board, 0, ARGV[1])
        end
        redis.call('PEXPIRE', KEYS[2], ARGV[2])
        return redis.status_reply('OK')
        """;

    private string Today => string.Create(CultureInfo.InvariantCulture, $"app:leaderboard:{time.GetUtcNow():yyyy-MM-dd}");

    /// <summary>Counts requests.</summary>
    /// <param name="requests">How many there were of each key: not more than a few hundred keys, because nothing else is done meanwhile.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task AddAsync(IEnumerable<KeyValuePair<string, int>> requests, CancellationToken cancellationToken)
    {
        RedisValue[] arguments =
        [
            // Ranks begin with the least requested; the rank of the last one to go is counted from the other end.
            -options.Value.MaximumKeys - 1,
            (long)options.Value.DayLifetime.TotalMilliseconds,
            .. requests.SelectMany(request => new RedisValue[] { request.Value, request.Key }),
        ];
        return store.WriteAsync(database => database.ScriptEvaluateAsync(Count, [AllTime, Today], arguments), cancellationToken);
    }

    /// <summary>Reads the most requested keys, the first one first.</summary>
    public Task<ReadAnswer<SortedSetEntry[]>> GetAsync(bool today, int limit, CancellationToken cancellationToken) => store.ReadAsync(
        database => database.SortedSetRangeByRankWithScoresAsync(today ? Today : AllTime, 0, limit - 1, Order.Descending, CommandFlags.PreferReplica),
        cancellationToken);

    /// <summary>Begins again, both today's and that of all time.</summary>
    public Task ClearAsync(CancellationToken cancellationToken) =>
        store.WriteAsync(database => database.KeyDeleteAsync([AllTime, Today]), cancellationToken);
}
