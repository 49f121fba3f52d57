using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Telemetry;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.Caching;

/// <summary>
/// Cache entries in Redis: read from the read node, written to the master. Nothing here throws because of
/// Redis: a node that fails is reported to the topology, which tries it again, and the caller does without.
/// </summary>
internal sealed partial class RedisStore(
    RedisTopology topology, IOptions<ReplicatedCacheOptions> options, CacheInstruments instruments, ILogger<RedisStore> logger)
{
    // The numbers of "prefer replica" and "none" are the same in all versions of the client, the names are not.
    private const CommandFlags PreferReplica = (CommandFlags)8;
    private const int ClearBatch = 500;

    // One atomic step per batch, so that a key which loses its time to live meanwhile is spared.
    private const string UnlinkExpiring =
        """
        local removed = 0
        for _, key in ipairs(KEYS) do
          if redis.call('PTTL', key) > 0 then removed = removed + redis.call('UNLINK', key) end
        end
        return removed
        """;

    private readonly ReplicatedCacheOptions _options = options.Value;

    /// <summary>Reads an entry.</summary>
    public async ValueTask<StoredEntry> GetAsync(string key, CancellationToken cancellationToken)
    {
        if (topology.ReadNode is not { } node)
        {
            instruments.Fallback();
            return StoredEntry.Unavailable;
        }

        try
        {
            var value = await node.Database.StringGetWithExpiryAsync(RedisKeyOf(key), PreferReplica)
                .WaitAsync(_options.OperationTimeout, cancellationToken).ConfigureAwait(false);
            return value.Value.IsNull ? StoredEntry.Missing : new StoredEntry(StoredState.Found, value.Value, value.Expiry, node.Name);
        }
        catch (RedisServerException failure) when (failure.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal))
        {
            LogForeignKey(key);
            return StoredEntry.Unavailable;
        }
        catch (Exception failure) when (IsRedisFailure(failure))
        {
            Failed(node, "read", failure);
            return StoredEntry.Unavailable;
        }
    }

    /// <summary>Writes an entry with its time to live.</summary>
    /// <returns>Whether Redis took it.</returns>
    public ValueTask<bool> SetAsync(string key, ReadOnlyMemory<byte> payload, TimeSpan expiration, CancellationToken cancellationToken) =>
        WriteAsync("write", database => database.StringSetAsync(RedisKeyOf(key), payload.ToArray(), expiration), cancellationToken);

    /// <summary>Removes entries in one round trip.</summary>
    /// <returns>Whether Redis did it.</returns>
    public ValueTask<bool> RemoveAsync(IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        var redisKeys = keys.Select(key => (object)RedisKeyOf(key)).ToArray();
        return redisKeys.Length == 0
            ? ValueTask.FromResult(true)
            : WriteAsync("removal", async database => !(await database.ExecuteAsync("UNLINK", redisKeys).ConfigureAwait(false)).IsNull, cancellationToken);
    }

    /// <summary>Removes every key that starts with the prefix, has a time to live and no reserved prefix; batch by batch.</summary>
    /// <returns>How many keys were removed.</returns>
    /// <exception cref="RedisUnavailableException">No master is up.</exception>
    public async Task<long> ClearAsync(CancellationToken cancellationToken)
    {
        if (topology.Master is not { } master)
            throw new RedisUnavailableException("No Redis master is up.");

        var removed = 0L;
        var cursor = "0";
        do
        {
            var page = (RedisResult[])(await master.Database.ExecuteAsync("SCAN", cursor, "MATCH", EscapedPrefix() + "*", "COUNT", ClearBatch)
                .WaitAsync(cancellationToken).ConfigureAwait(false))!;
            cursor = (string)page[0]!;
            var keys = ((RedisKey[])page[1]!).Where(key => !IsReserved(key!)).ToArray();
            if (keys.Length > 0)
                removed += (long)await master.Database.ScriptEvaluateAsync(UnlinkExpiring, keys).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        while (cursor != "0");

        return removed;
    }

    private static bool IsRedisFailure(Exception failure) =>
        failure is RedisException or TimeoutException or InvalidOperationException or ObjectDisposedException;

    private async ValueTask<bool> WriteAsync(string operation, Func<IDatabase, Task<bool>> write, CancellationToken cancellationToken)
    {
        if (topology.Master is not { } master)
        {
            instruments.Fallback();
            return false;
        }

        try
        {
            return await write(master.Database).WaitAsync(_options.OperationTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (IsRedisFailure(failure))
        {
            Failed(master, operation, failure);
            return false;
        }
    }

    private void Failed(RedisNode node, string operation, Exception failure)
    {
        instruments.Fallback();
        node.ReportFailure(failure);
        LogFailed(operation, node.Name, failure);
    }

    private RedisKey RedisKeyOf(string key) => _options.KeyPrefix + key;

    private bool IsReserved(string key) =>
        _options.ReservedPrefixes.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal));

    // The prefix is a name, not a pattern.
    private string EscapedPrefix() =>
        string.Concat(_options.KeyPrefix.Select(letter => letter is '*' or '?' or '[' or ']' or '\\' or '^' ? $"\\{letter}" : $"{letter}"));

    [LoggerMessage(LogLevel.Warning, "A {Operation} on {Node} failed; the cache does without it until it answers again.")]
    private partial void LogFailed(string operation, string node, Exception failure);

    [LoggerMessage(LogLevel.Warning, "The key '{Key}' holds something that is no string, so it belongs to somebody else: served from the source, not cached.")]
    private partial void LogForeignKey(string key);
}
