using Microsoft.Extensions.Options;
using RedisAspire.Caching;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Data;

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
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
        redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
        if redis.call('ZCARD', KEYS[2]) <= tonumber(ARGV[4]) then return false end
        local oldest = redis.call('ZPOPMIN', KEYS[2])[1]
        redis.call('HDEL', KEYS[1], oldest)
        return oldest
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
    /// <returns>The row that has its first value again because of that, if any.</returns>
    /// <exception cref="RedisUnavailableException">No master is up, or it does not answer.</exception>
    public async Task<string?> ChangeAsync(string key, string value, DateTimeOffset at, CancellationToken cancellationToken) =>
        (string?)await master.ExecuteAsync(
            database => database.ScriptEvaluateAsync(Change, [Rows, Order], [key, value, at.ToUnixTimeMilliseconds(), Maximum]), WriteTimeout, cancellationToken);
}
