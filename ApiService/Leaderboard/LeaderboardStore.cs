using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using RedisAspire.ApiService.Storage;
using RedisAspire.Caching.Topology;
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

/// <summary>How requests are counted for the leaderboard (<c>Leaderboard</c> in the configuration).</summary>
internal sealed class LeaderboardOptions
{
    /// <summary>How long requests are gathered before they are counted in Redis together. 250 ms by default.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How many requests may wait to be counted; more are not counted. 32,768 by default.</summary>
    public int MaximumWaiting { get; set; } = 32_768;

    /// <summary>How many keys a leaderboard remembers. The last ones make room for new ones, which begin again. 1,000 by default.</summary>
    public int MaximumKeys { get; set; } = 1_000;

    /// <summary>How long the leaderboard of a day is kept. Two days by default.</summary>
    public TimeSpan DayLifetime { get; set; } = TimeSpan.FromDays(2);
}

/// <summary>The requests that have not been counted in Redis yet. Whoever adds one waits for nothing.</summary>
internal sealed class RequestTally(IOptions<LeaderboardOptions> options)
{
    private readonly Channel<string> _requests = Channel.CreateBounded<string>(
        new BoundedChannelOptions(options.Value.MaximumWaiting) { SingleReader = true });

    /// <summary>Adds a request of a key, unless too many wait.</summary>
    public void Add(string key) => _requests.Writer.TryWrite(key);

    /// <summary>Waits until a request has been added.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _requests.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Takes all requests, as numbers by key.</summary>
    public Dictionary<string, int> Take()
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        // As many as there may be, so that it ends while others keep adding.
        for (var i = 0; i < options.Value.MaximumWaiting && _requests.Reader.TryRead(out var key); i++)
            counts[key] = counts.GetValueOrDefault(key) + 1;
        return counts;
    }
}

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
