using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Entries;
using RedisAspire.Caching.Resp;
using RedisAspire.Caching.Telemetry;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.Caching.Coherence;

/// <summary>
/// Keys in Redis through the ordinary connections: every write, and those reads that the tracked connection cannot
/// serve. Nothing here throws because of Redis, unless it says so: a node that fails is reported to the topology,
/// which tries it again, and the caller does without.
/// </summary>
internal sealed partial class RedisStore(
    RedisTopology topology, IOptions<ReplicatedCacheOptions> options, CacheInstruments instruments, ILogger<RedisStore> logger)
{
    // Asks the master itself: a replica may not have the value yet that has just been filled. A lease begins with the
    // run id of the master that gave it: one that an earlier master gave has lost its holder's attention, and is void.
    private const string TakeLease =
        """
        local value = ARGV[3] ~= '' and redis.call('GET', KEYS[1])
        if value then
          local remaining = redis.call('PTTL', KEYS[1])
          if remaining < 0 or remaining > tonumber(ARGV[3]) then return { 2, value, remaining } end
        end
        local holder = redis.call('GET', KEYS[2])
        if holder and string.match(holder, '^[^:]*:') == string.match(ARGV[1], '^[^:]*:') then return { 0, holder } end
        redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
        return { 1, holder }
        """;

    // A fill is kept only while its lease stands: a removal takes the lease away, so that no value from before it comes back.
    private const string SetUnderLease =
        """
        if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        redis.call('UNLINK', KEYS[2])
        return 1
        """;

    // In one step, so that no fill can begin between the end of the leases and the write.
    private const string SetAndVoidFills =
        """
        redis.call('SET', KEYS[1], unpack(ARGV))
        redis.call('UNLINK', KEYS[2])
        return 1
        """;

    private const string ReleaseLease = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('UNLINK', KEYS[1]) end return 0";

    private const string RenewLease = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0";

    private const long KeyVanished = -2;

    private static readonly string[] ServiceFailures = ["LOADING", "MASTERDOWN", "BUSY", "NOAUTH", "WRONGPASS", "READONLY"];

    private readonly ReplicatedCacheOptions _options = options.Value;

    /// <summary>The name of a key in Redis.</summary>
    public string NameOf(string key) => _options.KeyPrefix.Length == 0 ? key : _options.KeyPrefix + key;

    /// <summary>Whether what is written now stays, as far as is known: the master is not being replaced.</summary>
    public bool IsSettled => topology.Master is { } master && topology.IsSettled(master.Name);

    /// <summary>Reads a key from a node.</summary>
    public async ValueTask<StoredEntry> GetAsync(RedisNode node, string key, CancellationToken cancellationToken)
    {
        using var activity = CacheInstruments.StartOperation("GET", node);
        var started = instruments.Now;
        try
        {
            // One behind the other on the same connection. What the client has for both fails for a key that lives longer than a TimeSpan.
            var reading = node.Database.StringGetAsync(NameOf(key), CommandFlags.PreferReplica);
            var lasting = node.Database.ExecuteAsync("PTTL", [(RedisKey)NameOf(key)], CommandFlags.PreferReplica);
            var value = await node.WaitAsync(reading, _options.OperationTimeout, cancellationToken).ConfigureAwait(false);
            var remaining = (long)await node.WaitAsync(lasting, _options.OperationTimeout, cancellationToken).ConfigureAwait(false);
            Succeeded(activity, node, "GET", started);
            // What has expired between the two is missing.
            return remaining == KeyVanished
                ? StoredEntry.Missing
                : StoredEntry.Of(value, remaining < 0 ? null : RespTime.Milliseconds(remaining), node.Name, ticket: null);
        }
        catch (RedisServerException failure) when (failure.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal))
        {
            LogForeignKey(key);
            return StoredEntry.Unavailable;
        }
        catch (Exception failure) when (RedisErrors.IsFailureOfCommand(failure, cancellationToken))
        {
            Failed(activity, node, "GET", started, failure);
            return StoredEntry.Unavailable;
        }
    }

    /// <summary>Writes a key, and voids a fill of it that is under way anywhere.</summary>
    public ValueTask<WriteResult> SetAsync(string key, byte[] payload, TimeSpan? timeToLive, CancellationToken cancellationToken) =>
        WriteAsync("SET", async database => (long)await database.ScriptEvaluateAsync(
            SetAndVoidFills,
            [NameOf(key), NameOf(InternalKeys.Lease(key))],
            timeToLive is { } limit ? [payload, "PX", (long)limit.TotalMilliseconds] : [payload]).ConfigureAwait(false) == 1, cancellationToken);

    /// <summary>Writes a key if the lease on it still stands, and ends the lease.</summary>
    public ValueTask<WriteResult> SetUnderLeaseAsync(string key, string lease, byte[] payload, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        WriteAsync("SET", async database => (long)await database.ScriptEvaluateAsync(
            SetUnderLease,
            [NameOf(key), NameOf(InternalKeys.Lease(key))],
            [lease, payload, (long)timeToLive.TotalMilliseconds]).ConfigureAwait(false) == 1, cancellationToken);

    /// <summary>Removes keys in one round trip, and voids fills of them that are under way anywhere.</summary>
    public ValueTask<WriteResult> RemoveAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var names = new RedisKey[keys.Count * 2];
        var i = 0;
        foreach (var key in keys)
        {
            names[i++] = NameOf(InternalKeys.Lease(key));
            names[i++] = NameOf(key);
        }

        return WriteAsync("UNLINK", async database => await database.KeyDeleteAsync(names).ConfigureAwait(false) >= 0, cancellationToken);
    }

    /// <summary>The run id of the present master; <see langword="null"/> when there is none.</summary>
    public string? MasterRunId => topology.Master?.Status.RunId;

    /// <summary>Gives a key another time to live.</summary>
    public ValueTask<WriteResult> ExpireAsync(string key, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        WriteAsync("PEXPIRE", database => database.KeyExpireAsync(NameOf(key), timeToLive), cancellationToken);

    /// <summary>
    /// Tries to become the one that fills a key, unless the master has what is wanted by now. Cannot be cancelled: a
    /// lease that is taken after all must find somebody who gives it back.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="lease">What the lease is recognised by; it begins with the <see cref="MasterRunId"/>.</param>
    /// <param name="wanted">
    /// The value that is there will do when it lives longer than this; <see langword="null"/> when none will.
    /// </param>
    public async ValueTask<LeaseAnswer> TakeLeaseAsync(string key, string lease, TimeSpan? wanted)
    {
        var answer = LeaseAnswer.Unavailable;
        var result = await WriteAsync("EVALSHA", async database =>
        {
            answer = AnswerIn(await database.ScriptEvaluateAsync(
                TakeLease,
                [NameOf(key), NameOf(InternalKeys.Lease(key))],
                [lease, (long)_options.LeaseDuration.TotalMilliseconds, wanted is { } longer ? (long)longer.TotalMilliseconds : ""]).ConfigureAwait(false));
            return true;
        }, CancellationToken.None, withOffset: false).ConfigureAwait(false);
        return result.IsReached ? answer : LeaseAnswer.Unavailable;
    }

    /// <summary>Keeps the lease for another while.</summary>
    public ValueTask<WriteResult> RenewLeaseAsync(string key, string lease) =>
        WriteAsync("EVALSHA", async database => (long)await database.ScriptEvaluateAsync(
            RenewLease, [NameOf(InternalKeys.Lease(key))], [lease, (long)_options.LeaseDuration.TotalMilliseconds]).ConfigureAwait(false) == 1, CancellationToken.None, withOffset: false);

    /// <summary>Gives the lease back without a value.</summary>
    public ValueTask<WriteResult> ReleaseLeaseAsync(string key, string lease) =>
        WriteAsync("EVALSHA", async database => (long)await database.ScriptEvaluateAsync(
            ReleaseLease, [NameOf(InternalKeys.Lease(key))], [lease]).ConfigureAwait(false) == 1, CancellationToken.None, withOffset: false);

    /// <summary>The replication offset in a master's reply to <c>ROLE</c>.</summary>
    internal static long? OffsetIn(Role role) => (role as Role.Master)?.ReplicationOffset;

    private LeaseAnswer AnswerIn(RedisResult reply)
    {
        var parts = (RedisResult[])reply!;
        if (parts is [_, var value, var remaining])
        {
            var milliseconds = (long)remaining;
            return new LeaseAnswer(
                LeaseState.Filled,
                StoredEntry.Of((byte[]?)value, milliseconds < 0 ? null : RespTime.Milliseconds(milliseconds), topology.Snapshot.Master ?? "redis-master", ticket: null),
                Holder: null);
        }

        var holder = parts is [_, var lost] ? (string?)lost : null;
        return new LeaseAnswer((long)parts[0] == 1 ? LeaseState.Taken : LeaseState.Held, StoredEntry.Missing, holder);
    }

    // The node refuses this command, and not its service: it is no use to do without it altogether.
    private static bool IsRefusal(Exception failure) =>
        failure is RedisServerException && !ServiceFailures.Any(code => failure.Message.Contains(code, StringComparison.Ordinal));

    private async ValueTask<WriteResult> WriteAsync(string operation, Func<IDatabase, Task<bool>> write, CancellationToken cancellationToken, bool withOffset = true)
    {
        if (topology.Master is not { } master)
        {
            instruments.Fallback();
            return WriteResult.NotReached;
        }

        using var activity = CacheInstruments.StartOperation(operation, master);
        var started = instruments.Now;
        try
        {
            var database = master.Database;
            var writing = write(database);
            // On the same connection right behind the write, so that the offset is past it.
            var asking = withOffset && topology.HasReplicas ? database.Server().RoleAsync() : null;
            var isDone = await master.WaitAsync(writing, _options.OperationTimeout, cancellationToken).ConfigureAwait(false);
            var offset = asking is null ? (long?)null : OffsetIn(await master.WaitAsync(asking, _options.OperationTimeout, cancellationToken).ConfigureAwait(false));
            Succeeded(activity, master, operation, started);
            return new WriteResult(IsReached: true, isDone, offset);
        }
        catch (RedisServerException failure) when (failure.Message.Contains("WRONGTYPE", StringComparison.Ordinal))
        {
            // Somebody else's key: nothing is wrong with the node.
            return WriteResult.NotReached;
        }
        catch (Exception failure) when (RedisErrors.IsFailureOfCommand(failure, cancellationToken))
        {
            Failed(activity, master, operation, started, failure);
            return WriteResult.NotReached;
        }
    }

    private void Succeeded(Activity? activity, RedisNode node, string operation, long started)
    {
        instruments.Operation(activity, operation, node, started, failure: null);
        node.ReportSuccess();
    }

    private void Failed(Activity? activity, RedisNode node, string operation, long started, Exception failure)
    {
        instruments.Fallback();
        instruments.Operation(activity, operation, node, started, failure);
        if (failure.Message.Contains("READONLY", StringComparison.Ordinal))
            // It is a replica by now: whoever is the master, it has to be found out at once.
            topology.LookAgain();
        var isExpected = RedisErrors.IsFailure(failure, CancellationToken.None);
        if (IsRefusal(failure) || node.ReportFailure(failure) || !isExpected)
            LogFailed(operation, node.Name, RedisErrors.Describe(failure), isExpected ? null : failure);
    }

    [LoggerMessage(LogLevel.Warning, "{Operation} failed on {Node}: {Reason}. The cache does without it.")]
    private partial void LogFailed(string operation, string node, string reason, Exception? unexpected);

    [LoggerMessage(LogLevel.Warning, "The key '{Key}' holds something that is no string, so it belongs to somebody else: served from the source, not cached.")]
    private partial void LogForeignKey(string key);
}
