using Microsoft.Extensions.Options;
using RedisAspire.Caching;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Data;

/// <summary>Stands for a database whose queries are slow: knows every key, and takes its time.</summary>
internal sealed partial class SlowDatabase(IOptions<SlowDatabaseOptions> options, ChangedRows changed, TimeProvider time, ILogger<SlowDatabase> logger)
{
    private const int MaximumAttempts = 5;

    private static readonly Dictionary<string, string> Rows = new(StringComparer.Ordinal)
    {
        ["foo"] = "valeur_de_foo",
        ["bar"] = "valeur_de_bar",
    };

    /// <summary>Reads the value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>The value, and whether it is certain that nobody has changed it.</returns>
    public async ValueTask<(string Value, bool IsCertain)> QueryAsync(string key, CancellationToken cancellationToken)
    {
        await Task.Delay(options.Value.Latency, time, cancellationToken);
        var first = FirstOf(key);
        if (!changed.IsKept)
            return (first, true);
        try
        {
            return (await changed.FindAsync(key, cancellationToken) ?? first, true);
        }
        catch (Exception failure) when (RedisErrors.IsFailureOfCommand(failure, cancellationToken))
        {
            LogNotFound(failure);
            return (first, false);
        }
    }

    /// <summary>Changes the value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value from now on.</param>
    /// <param name="condition">What its value has to be until then.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it was changed, and another key whose value has changed with it, if any.</returns>
    /// <exception cref="RedisUnavailableException">Changes cannot be kept now.</exception>
    public async Task<RowChange> ChangeAsync(string key, string value, ValueCondition condition, CancellationToken cancellationToken)
    {
        if (condition.IsAlwaysMet)
            return await changed.ChangeAsync(key, value, time.GetUtcNow(), cancellationToken);

        // Others change it in between; but not for ever.
        for (var attempt = 1; attempt <= MaximumAttempts; attempt++)
        {
            var before = await changed.FindAsync(key, cancellationToken);
            if (!condition.Allows(before ?? FirstOf(key)))
                break;
            if (await changed.ChangeIfAsync(key, before, value, time.GetUtcNow(), cancellationToken) is { IsDone: true } change)
                return change;
        }

        return new RowChange(IsDone: false, Displaced: null);
    }

    private static string FirstOf(string key) => Rows.GetValueOrDefault(key) ?? $"data_pour_{key}";

    [LoggerMessage(LogLevel.Debug, "Whether the row was changed cannot be known now: its first value is served.")]
    private partial void LogNotFound(Exception failure);
}

/// <summary>Settings of the simulated database (<c>SlowDatabase</c> in the configuration).</summary>
internal sealed class SlowDatabaseOptions
{
    /// <summary>How long every query takes. Two seconds by default.</summary>
    public TimeSpan Latency { get; set; } = TimeSpan.FromSeconds(2);
}

/// <summary>
/// What has been changed in the simulated database, kept in Redis so that every instance sees it. It is the database and
/// not the cache: without a time to live, and out of the cache's reach. Only so many rows are kept; after that the one
/// whose change is the oldest has its first value again.
/// </summary>
internal sealed class ChangedRows(RedisMaster master, RedisTopology topology, IOptions<ReplicatedCacheOptions> options)
{
    /// <summary>How many changed rows are kept.</summary>
    public const int Maximum = 1000;

    private const string Rows = "app:database:rows";
    private const string Order = "app:database:order";

    private const string Change =
        """
        if ARGV[5] ~= 'any' and redis.call('HGET', KEYS[1], ARGV[1]) ~= (ARGV[5] == 'changed' and ARGV[6]) then return { 0 } end
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
        redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
        if redis.call('ZCARD', KEYS[2]) <= tonumber(ARGV[4]) then return { 1 } end
        local oldest = redis.call('ZPOPMIN', KEYS[2])[1]
        redis.call('HDEL', KEYS[1], oldest)
        return { 1, oldest }
        """;

    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(2);

    // Who reads a row has just waited as long for the cache.
    private readonly TimeSpan _readTimeout = options.Value.OperationTimeout;

    /// <summary>Whether there can be changed rows at all.</summary>
    public bool IsKept => topology.Snapshot.Nodes.Count > 0;

    /// <summary>The changed value of a row; <see langword="null"/> when it has its first one.</summary>
    /// <exception cref="RedisUnavailableException">No master is up, or it does not answer.</exception>
    public async Task<string?> FindAsync(string key, CancellationToken cancellationToken) =>
        await master.ExecuteAsync(database => database.HashGetAsync(Rows, key), _readTimeout, cancellationToken);

    /// <summary>Changes a row.</summary>
    /// <exception cref="RedisUnavailableException">No master is up, or it does not answer.</exception>
    public Task<RowChange> ChangeAsync(string key, string value, DateTimeOffset at, CancellationToken cancellationToken) =>
        ChangeAsync(key, value, at, cancellationToken, "any");

    /// <summary>Changes a row if it is still what it was.</summary>
    /// <param name="key">The row.</param>
    /// <param name="before">Its changed value; <see langword="null"/> when it had its first one.</param>
    /// <param name="value">Its value from now on.</param>
    /// <param name="at">When that is.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RedisUnavailableException">No master is up, or it does not answer.</exception>
    public Task<RowChange> ChangeIfAsync(string key, string? before, string value, DateTimeOffset at, CancellationToken cancellationToken) =>
        before is null ? ChangeAsync(key, value, at, cancellationToken, "first") : ChangeAsync(key, value, at, cancellationToken, "changed", before);

    private async Task<RowChange> ChangeAsync(string key, string value, DateTimeOffset at, CancellationToken cancellationToken, params RedisValue[] condition)
    {
        var answer = (RedisResult[])(await master.ExecuteAsync(
            database => database.ScriptEvaluateAsync(Change, [Rows, Order], [key, value, at.ToUnixTimeMilliseconds(), Maximum, .. condition]), WriteTimeout, cancellationToken))!;
        return new RowChange((long)answer[0] == 1, answer is [_, var oldest] ? (string?)oldest : null);
    }
}

/// <summary>What came of a change.</summary>
/// <param name="IsDone">Whether it was made: the row was what it had to be.</param>
/// <param name="Displaced">The row that has its first value again because of that, if any.</param>
internal readonly record struct RowChange(bool IsDone, string? Displaced);
