using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace RedisAspire.ApiService.Leaderboard;

/// <summary>
/// The most requested keys, as sorted sets with the number of requests as score: one of all time at
/// <c>app:leaderboard:all</c>, and one of each day (UTC), which expires.
/// </summary>
internal sealed class LeaderboardStore(ApplicationStore store, IOptions<LeaderboardOptions> options, TimeProvider time)
{
    private const string AllTime = "app:leaderboard:all";

    private static readonly string Count = EmbeddedScript.Read("CountRequests.lua");

    private string Today => string.Create(CultureInfo.InvariantCulture, $"app:leaderboard:{time.GetUtcNow():yyyy-MM-dd}");

    /// <summary>Counts requests of not more than a few hundred keys, because Redis runs nothing else meanwhile.</summary>
    public Task AddAsync(IEnumerable<KeyValuePair<string, int>> requests, CancellationToken cancellationToken)
    {
        RedisValue[] arguments =
        [
            // Ranks begin with the least requested key; the rank of the last one to drop is counted from the end.
            -options.Value.MaximumKeys - 1,
            (long)options.Value.DayLifetime.TotalMilliseconds,
            .. requests.SelectMany(request => new RedisValue[] { request.Value, request.Key }),
        ];
        return store.WriteAsync(database => database.ScriptEvaluateAsync(Count, [AllTime, Today], arguments), cancellationToken);
    }

    public async Task<LeaderboardResponse> GetAsync(string window, int limit, CancellationToken cancellationToken)
    {
        var (entries, node) = await store.ReadAsync(
            database => database.SortedSetRangeByRankWithScoresAsync(window == "today" ? Today : AllTime, 0, limit - 1, Order.Descending), cancellationToken);
        return new LeaderboardResponse(window, node, [.. entries.Select((entry, i) => new LeaderboardEntry(i + 1, entry.Element!, (long)entry.Score))]);
    }

    public Task ClearAsync(CancellationToken cancellationToken) =>
        store.WriteAsync(database => database.KeyDeleteAsync([AllTime, Today]), cancellationToken);
}

/// <summary>How requests are counted for the leaderboard (<c>Leaderboard</c> in the configuration).</summary>
internal sealed class LeaderboardOptions
{
    /// <summary>How long requests are gathered before they are counted in Redis together. 250 ms by default.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Of how many keys requests may wait to be counted; those of other keys are not counted. 32,768 by default.</summary>
    public int MaximumWaiting { get; set; } = 32_768;

    /// <summary>How many keys a leaderboard keeps. The least requested ones are dropped, and begin at 0 when they return. 1,000 by default.</summary>
    public int MaximumKeys { get; set; } = 1_000;

    /// <summary>How long the leaderboard of a day is kept. Two days by default.</summary>
    public TimeSpan DayLifetime { get; set; } = TimeSpan.FromDays(2);
}

/// <summary>The requests that have not been counted in Redis yet. Adding one never waits.</summary>
internal sealed class RequestTally(IOptions<LeaderboardOptions> options)
{
    // Far below zero, so that a count that is no longer in the dictionary stays negative whoever adds to it.
    private const int Retired = int.MinValue / 2;

    private readonly ConcurrentDictionary<string, StrongBox<int>> _counts = new(StringComparer.Ordinal);
    private int _keys;

    public WakeUp Added { get; } = new();

    /// <summary>Adds a request of a key, unless those of too many keys wait.</summary>
    public void Add(string key)
    {
        while (!_counts.TryGetValue(key, out var count) || Interlocked.Increment(ref count.Value) <= 0)
        {
            if (Volatile.Read(ref _keys) >= options.Value.MaximumWaiting)
                return;
            if (_counts.TryAdd(key, new StrongBox<int>()))
                Interlocked.Increment(ref _keys);
        }

        Added.Set();
    }

    public Dictionary<string, int> Take()
    {
        Added.Reset();
        var requests = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (key, count) in _counts)
        {
            if (Interlocked.Exchange(ref count.Value, 0) is var taken and > 0)
                requests.Add(key, taken);
            // A key that nobody has requested since the last time makes room for others.
            else if (Interlocked.CompareExchange(ref count.Value, Retired, 0) == 0 && _counts.TryRemove(KeyValuePair.Create(key, count)))
                Interlocked.Decrement(ref _keys);
        }

        return requests;
    }
}

/// <summary>Counts requests in Redis, in batches. A batch that fails, because Redis is not available, is dropped.</summary>
internal sealed class LeaderboardWriter(
    RequestTally tally, LeaderboardStore store, IOptions<LeaderboardOptions> options, TimeProvider time, ILogger<LeaderboardWriter> logger)
    : RedisWorker("Counting requests for the leaderboard", logger)
{
    private const int BatchSize = 200;

    protected override Task WaitAsync(CancellationToken cancellationToken) => tally.Added.WaitAsync(options.Value.FlushInterval, time, cancellationToken);

    protected override async Task WorkAsync(CancellationToken cancellationToken)
    {
        foreach (var batch in tally.Take().Chunk(BatchSize))
            await store.AddAsync(batch, cancellationToken);
    }
}
