using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Telemetry;
using RedisAspire.Caching.Tracking;
using RedisAspire.Topology;
using StackExchange.Redis;

namespace RedisAspire.Caching.Store;

/// <summary>
/// Keys in Redis through the ordinary connections: every write, and those reads that the tracked connection cannot
/// serve. Nothing here throws because of Redis, unless it says so: a node that fails is reported to the topology,
/// which tries it again, and the caller does without.
/// </summary>
internal sealed partial class RedisStore(
    RedisTopology topology, IOptions<ReplicatedCacheOptions> options, CacheInstruments instruments, WarningLimiter warnings, ILogger<RedisStore> logger)
{
    private const long KeyVanished = -2;
    private const int RemovalBatch = 1_000;

    // Milliseconds: an hour.
    private const long TagSlack = 60 * 60 * 1000;

    private static readonly string[] ServiceFailures = ["LOADING", "MASTERDOWN", "BUSY", "NOAUTH", "WRONGPASS", "READONLY"];

    private readonly ReplicatedCacheOptions _options = options.Value;

    /// <summary>The name of a key in Redis.</summary>
    public string NameOf(string key) => _options.KeyPrefix.Length == 0 ? key : _options.KeyPrefix + key;

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
            ReportForeignKey(key);
            return StoredEntry.Unavailable;
        }
        catch (Exception failure) when (RedisErrors.IsFailure(failure, cancellationToken))
        {
            Failed(activity, node, "GET", started, failure);
            return StoredEntry.Unavailable;
        }
    }

    /// <summary>Writes a key, and voids a fill of it that is under way anywhere.</summary>
    /// <param name="key">The key.</param>
    /// <param name="payload">What it holds from now on.</param>
    /// <param name="timeToLive">How long; <see langword="null"/> for ever.</param>
    /// <param name="tagKeys">Keys that have to live as long.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<WriteResult> SetAsync(string key, byte[] payload, TimeSpan? timeToLive, IReadOnlyCollection<string> tagKeys, CancellationToken cancellationToken) =>
        WriteAsync("SET", key, async database => (long)await database.ScriptEvaluateAsync(
            RedisScripts.SetAndVoidFills,
            NamesOf(key, tagKeys),
            [payload, timeToLive is { } limit ? (long)limit.TotalMilliseconds : "", TagSlack]).ConfigureAwait(false) == 1, cancellationToken);

    /// <summary>Writes a key if the lease on it still stands, and ends the lease.</summary>
    public ValueTask<WriteResult> SetUnderLeaseAsync(
        string key, string lease, byte[] payload, TimeSpan timeToLive, IReadOnlyCollection<string> tagKeys, CancellationToken cancellationToken) =>
        WriteAsync("SET", key, async database => (long)await database.ScriptEvaluateAsync(
            RedisScripts.SetUnderLease,
            NamesOf(key, tagKeys),
            [payload, (long)timeToLive.TotalMilliseconds, TagSlack, lease]).ConfigureAwait(false) == 1, cancellationToken);

    /// <summary>Removes keys in one round trip, and voids fills of them that are under way anywhere.</summary>
    public ValueTask<WriteResult> RemoveAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        WriteAsync("UNLINK", keys.First(), async database =>
        {
            // In batches, so that nobody else's command waits long.
            await Task.WhenAll(keys.Chunk(RemovalBatch).Select(batch => RemoveAsync(database, batch))).ConfigureAwait(false);
            return true;
        }, cancellationToken);

    /// <summary>Gives a tag a stamp that voids every entry with an earlier one.</summary>
    public ValueTask<WriteResult> SetStampAsync(string key, byte[] stamp, CancellationToken cancellationToken) => key == InternalKeys.EveryTag
        ? SetAsync(key, stamp, timeToLive: null, [], cancellationToken)
        : WriteAsync("SET", key, async database => !(await database.ScriptEvaluateAsync(RedisScripts.SetStamp, [NameOf(key)], [stamp, TagSlack]).ConfigureAwait(false)).IsNull, cancellationToken);

    /// <summary>Gives a tag its first stamp, if it has none.</summary>
    /// <returns>The stamp that it has; <see langword="null"/> when the master does not say.</returns>
    public async ValueTask<(WriteResult Result, string? Stamp)> BeginTagAsync(string key, byte[] stamp, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        string? present = null;
        var result = await WriteAsync("SET", key, async database =>
        {
            present = (string?)await database.ScriptEvaluateAsync(RedisScripts.BeginTag, [NameOf(key)], [stamp, (long)timeToLive.TotalMilliseconds + TagSlack]).ConfigureAwait(false);
            return true;
        }, cancellationToken).ConfigureAwait(false);
        return (result, result.IsReached ? present : null);
    }

    /// <summary>The run id of the present master; <see langword="null"/> when there is none.</summary>
    public string? MasterRunId => topology.Master?.Status.RunId;

    /// <summary>Gives a key another time to live.</summary>
    public ValueTask<WriteResult> ExpireAsync(string key, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        WriteAsync("PEXPIRE", key, database => database.KeyExpireAsync(NameOf(key), timeToLive), cancellationToken);

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
        var result = await WriteAsync("EVALSHA", key, async database =>
        {
            answer = AnswerIn(await database.ScriptEvaluateAsync(
                RedisScripts.TakeLease,
                [NameOf(key), NameOf(InternalKeys.Lease(key))],
                [lease, (long)_options.LeaseDuration.TotalMilliseconds, wanted is { } longer ? (long)longer.TotalMilliseconds : ""]).ConfigureAwait(false));
            return true;
        }, CancellationToken.None, withOffset: false).ConfigureAwait(false);
        return result.IsReached ? answer : LeaseAnswer.Unavailable;
    }

    /// <summary>Keeps the lease for another while.</summary>
    public ValueTask<WriteResult> RenewLeaseAsync(string key, string lease) =>
        WriteAsync("EVALSHA", key, async database => (long)await database.ScriptEvaluateAsync(
            RedisScripts.RenewLease, [NameOf(InternalKeys.Lease(key))], [lease, (long)_options.LeaseDuration.TotalMilliseconds]).ConfigureAwait(false) == 1, CancellationToken.None, withOffset: false);

    /// <summary>Gives the lease back without a value.</summary>
    public ValueTask<WriteResult> ReleaseLeaseAsync(string key, string lease) =>
        WriteAsync("EVALSHA", key, async database => (long)await database.ScriptEvaluateAsync(
            RedisScripts.ReleaseLease, [NameOf(InternalKeys.Lease(key))], [lease]).ConfigureAwait(false) == 1, CancellationToken.None, withOffset: false);

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
                StoredEntry.Of((byte[]?)value, milliseconds < 0 ? null : RespTime.Milliseconds(milliseconds), topology.Snapshot.Master ?? "redis-master", ticket: null));
        }

        return new LeaseAnswer((long)parts[0] == 1 ? LeaseState.Taken : LeaseState.Held, StoredEntry.Missing);
    }

    // The node refuses this command, and not its service: it is no use to do without it altogether.
    private static bool IsRefusal(Exception failure) =>
        failure is RedisServerException && !ServiceFailures.Any(code => failure.Message.Contains(code, StringComparison.Ordinal));

    /// <summary>Tells that a key holds something that is no string.</summary>
    public void ReportForeignKey(string key)
    {
        if (warnings.IsDue(nameof(LogForeignKey), key))
            LogForeignKey(key);
    }

    private async Task RemoveAsync(IDatabase database, string[] keys)
    {
        RedisKey[] names = [.. keys.SelectMany(key => new RedisKey[] { NameOf(InternalKeys.Lease(key)), NameOf(key) })];
        foreach (var spared in (long[])(await database.ScriptEvaluateAsync(RedisScripts.RemoveAndVoidFills, names).ConfigureAwait(false))!)
            ReportForeignKey(keys[spared]);
    }

    private RedisKey[] NamesOf(string key, IReadOnlyCollection<string> tagKeys) =>
        [NameOf(key), NameOf(InternalKeys.Lease(key)), .. tagKeys.Select(tag => (RedisKey)NameOf(tag))];

    private async ValueTask<WriteResult> WriteAsync(string operation, string key, Func<IDatabase, Task<bool>> write, CancellationToken cancellationToken, bool withOffset = true)
    {
        if (topology.Master is not { } master)
        {
            instruments.Fallback();
            // Where there is no Redis at all, nothing is outstanding.
            return WriteResult.NotReached with { IsReached = topology.Nodes.Count == 0 };
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
            // Nothing is wrong with the node.
            ReportForeignKey(key);
            return new WriteResult(IsReached: true, IsDone: false, Offset: null);
        }
        catch (Exception failure) when (RedisErrors.IsFailure(failure, cancellationToken))
        {
            Failed(activity, master, operation, started, failure);
            return WriteResult.NotReached;
        }
    }

    private void Succeeded(Activity? activity, RedisNode node, string operation, long started) =>
        instruments.Operation(activity, operation, node, started, failure: null);

    private void Failed(Activity? activity, RedisNode node, string operation, long started, Exception failure)
    {
        instruments.Fallback();
        instruments.Operation(activity, operation, node, started, failure);
        if (failure.Message.Contains("READONLY", StringComparison.Ordinal))
            // It is a replica by now: whoever is the master, it has to be found out at once.
            topology.PollNow();
        // A node that refuses one command refuses it every time.
        if (IsRefusal(failure) ? warnings.IsDue(operation, node.Name) : node.ReportFailure(failure))
            LogFailed(operation, node.Name, RedisErrors.Describe(failure));
    }

    [LoggerMessage(LogLevel.Warning, "{Operation} failed on {Node}: {Reason}. The cache does without it.")]
    private partial void LogFailed(string operation, string node, string reason);

    [LoggerMessage(LogLevel.Warning, "The key '{Key}' holds something that is no string, so it belongs to somebody else and is left alone: served from the source, not cached.")]
    private partial void LogForeignKey(string key);
}

/// <summary>What became of a write.</summary>
/// <param name="IsReached">Whether the master answered.</param>
/// <param name="IsDone">Whether it did what was asked.</param>
/// <param name="Offset">The master's replication offset, past the write; <see langword="null"/> where there are no replicas.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WriteResult(bool IsReached, bool IsDone, long? Offset)
{
    public static WriteResult NotReached => default;
}

/// <summary>Who fills a missing key.</summary>
internal enum LeaseState
{
    /// <summary>Redis could not say: everybody fills for themselves, and nobody stores.</summary>
    Unavailable,

    /// <summary>We do.</summary>
    Taken,

    /// <summary>Another process does.</summary>
    Held,

    /// <summary>Nobody need: it has been filled meanwhile.</summary>
    Filled,
}

/// <summary>What the master said to somebody who wants to fill a key.</summary>
/// <param name="State">Who fills it.</param>
/// <param name="Entry">The value, if it is <see cref="LeaseState.Filled"/>.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LeaseAnswer(LeaseState State, StoredEntry Entry)
{
    public static LeaseAnswer Unavailable => new(LeaseState.Unavailable, StoredEntry.Unavailable);
}
