using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
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
/// Accesses keys through StackExchange.Redis: every write, and the reads that the tracked connection cannot serve. A failure
/// of Redis is not thrown: it is reported to the topology, which checks the node again, and the result says that Redis is
/// unavailable.
/// </summary>
internal sealed partial class RedisStore(
    RedisTopology topology, IOptions<ReplicatedCacheOptions> options, CacheInstruments instruments, WarningLimiter warnings, ILogger<RedisStore> logger)
{
    private const long KeyVanished = -2;
    private const int RemovalBatch = 1_000;

    // An hour, in milliseconds.
    private const long TagSlack = 60 * 60 * 1000;

    private static readonly string[] ServiceFailures = ["LOADING", "MASTERDOWN", "BUSY", "NOAUTH", "WRONGPASS", "READONLY"];

    private readonly ReplicatedCacheOptions _options = options.Value;
    private readonly ConcurrentDictionary<string, MasterOffset> _offsets = new(StringComparer.Ordinal);

    /// <summary>The name of a key in Redis.</summary>
    public string NameOf(string key) => _options.KeyPrefix.Length == 0 ? key : _options.KeyPrefix + key;

    /// <summary>Reads a key from a node.</summary>
    public async ValueTask<StoredEntry> GetAsync(RedisNode node, string key, CancellationToken cancellationToken)
    {
        using var activity = CacheInstruments.StartOperation("GET", node);
        var started = instruments.Now;
        try
        {
            // Both commands are pipelined. StringGetWithExpiry is not used: it fails when the time to live exceeds a TimeSpan.
            var reading = node.Database.StringGetAsync(NameOf(key), CommandFlags.PreferReplica);
            var readingTimeToLive = node.Database.ExecuteAsync("PTTL", [(RedisKey)NameOf(key)], CommandFlags.PreferReplica);
            var value = await node.WaitAsync(reading, _options.OperationTimeout, cancellationToken).ConfigureAwait(false);
            var remaining = (long)await node.WaitAsync(readingTimeToLive, _options.OperationTimeout, cancellationToken).ConfigureAwait(false);
            Succeeded(activity, node, "GET", started);
            // The key expired between the two commands.
            var stored = remaining == KeyVanished
                ? StoredEntry.Missing
                : StoredEntry.Of(value, remaining < 0 ? null : RespTime.Milliseconds(remaining), node.Name, ticket: null);
            if (CacheTrace.Current is { } trace)
            {
                trace.Read(node.Name, NameOf(key), stored.State == StoredState.Found ? CacheTraceOutcome.Found : CacheTraceOutcome.Missing, started, isTracked: false);
                if (stored.State == StoredState.Found)
                    trace.ReadTimeToLive(node.Name, NameOf(key), stored.TimeToLive, started);
            }

            return stored;
        }
        catch (RedisServerException failure) when (failure.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal))
        {
            ReportWrongType(key);
            return StoredEntry.Unavailable;
        }
        catch (Exception failure) when (RedisErrors.IsFailure(failure, cancellationToken))
        {
            Failed(activity, node, "GET", started, failure);
            CacheTrace.Current?.Read(node.Name, NameOf(key), CacheTraceOutcome.Failed, started, isTracked: false);
            return StoredEntry.Unavailable;
        }
    }

    /// <summary>Writes a key, and voids a fill of the key in any process.</summary>
    /// <param name="key">The key.</param>
    /// <param name="payload">The bytes to store.</param>
    /// <param name="timeToLive">The time to live; <see langword="null"/> for ever.</param>
    /// <param name="tagKeys">The keys of tags that must live at least as long.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<WriteResult> SetAsync(string key, byte[] payload, TimeSpan? timeToLive, IReadOnlyCollection<string> tagKeys, CancellationToken cancellationToken) =>
        WriteAsync("SET", key, async database => (long)await database.ScriptEvaluateAsync(
            RedisScripts.SetAndVoidFills,
            NamesOf(key, tagKeys),
            [payload, timeToLive is { } limit ? (long)limit.TotalMilliseconds : "", TagSlack]).ConfigureAwait(false) == 1, cancellationToken, traced: new TracedWrite(Payload: payload, TimeToLive: timeToLive));

    /// <summary>Writes a key if its lease is still valid, and ends the lease.</summary>
    public ValueTask<WriteResult> SetUnderLeaseAsync(string key, string lease, byte[] payload, TimeSpan timeToLive, IReadOnlyCollection<string> tagKeys) =>
        WriteAsync("SET", key, async database => (long)await database.ScriptEvaluateAsync(
            RedisScripts.SetUnderLease,
            NamesOf(key, tagKeys),
            [payload, (long)timeToLive.TotalMilliseconds, TagSlack, lease]).ConfigureAwait(false) == 1, CancellationToken.None, traced: new TracedWrite(Payload: payload, TimeToLive: timeToLive));

    /// <summary>Removes keys in one round trip, and voids fills of these keys in any process.</summary>
    public ValueTask<WriteResult> RemoveAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        WriteAsync("UNLINK", keys.First(), async database =>
        {
            // Batches keep other commands from waiting long.
            await Task.WhenAll(keys.Chunk(RemovalBatch).Select(batch => RemoveAsync(database, batch))).ConfigureAwait(false);
            return true;
        }, cancellationToken, traced: new TracedWrite(keys));

    /// <summary>Sets the stamp of a tag, which voids every entry with an earlier stamp.</summary>
    public ValueTask<WriteResult> SetStampAsync(string key, byte[] stamp, CancellationToken cancellationToken) => key == InternalKeys.EveryTag
        ? SetAsync(key, stamp, timeToLive: null, [], cancellationToken)
        : WriteAsync("SET", key, async database => !(await database.ScriptEvaluateAsync(RedisScripts.SetStamp, [NameOf(key)], [stamp, TagSlack]).ConfigureAwait(false)).IsNull, cancellationToken);

    /// <summary>Sets the first stamp of a tag, if it has none.</summary>
    /// <returns>The current stamp; <see langword="null"/> when the master did not answer.</returns>
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

    /// <summary>The run id of the current master; <see langword="null"/> when there is none.</summary>
    public string? MasterRunId => topology.Master?.Status.RunId;

    /// <summary>Sets the time to live of a key.</summary>
    public ValueTask<WriteResult> ExpireAsync(string key, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        WriteAsync("PEXPIRE", key, database => database.KeyExpireAsync(NameOf(key), timeToLive), cancellationToken);

    /// <summary>
    /// Tries to take the lease on a key, unless the master already has a value that suits. It cannot be cancelled, because
    /// a lease that was granted after the cancellation would not be released.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="lease">The token of the lease; it starts with the <see cref="MasterRunId"/>.</param>
    /// <param name="wanted">
    /// An existing value suits when its time to live is longer than this; <see langword="null"/> when no value suits.
    /// </param>
    public async ValueTask<LeaseAnswer> TakeLeaseAsync(string key, string lease, TimeSpan? wanted)
    {
        var answer = LeaseAnswer.Unavailable;
        var started = instruments.Now;
        var result = await WriteAsync("EVALSHA", key, async database =>
        {
            answer = AnswerIn(await database.ScriptEvaluateAsync(
                RedisScripts.TakeLease,
                [NameOf(key), NameOf(InternalKeys.Lease(key))],
                [lease, (long)_options.LeaseDuration.TotalMilliseconds, wanted is { } longer ? (long)longer.TotalMilliseconds : ""]).ConfigureAwait(false));
            return true;
        }, CancellationToken.None, withOffset: false).ConfigureAwait(false);
        if (!result.IsReached)
            answer = LeaseAnswer.Unavailable;
        CacheTrace.Current?.Add(
            CacheTraceKind.Lease, OutcomeOf(answer.State), started, topology.Snapshot.Master, _options.LeaseDuration,
            "SET", NameOf(InternalKeys.Lease(key)), "…", "NX", "PX", ((long)_options.LeaseDuration.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        return answer;
    }

    /// <summary>Extends the lease.</summary>
    public ValueTask<WriteResult> RenewLeaseAsync(string key, string lease) =>
        WriteAsync("EVALSHA", key, async database => (long)await database.ScriptEvaluateAsync(
            RedisScripts.RenewLease, [NameOf(InternalKeys.Lease(key))], [lease, (long)_options.LeaseDuration.TotalMilliseconds]).ConfigureAwait(false) == 1, CancellationToken.None, withOffset: false);

    /// <summary>Releases the lease without storing a value.</summary>
    public ValueTask<WriteResult> ReleaseLeaseAsync(string key, string lease) =>
        WriteAsync("EVALSHA", key, async database => (long)await database.ScriptEvaluateAsync(
            RedisScripts.ReleaseLease, [NameOf(InternalKeys.Lease(key))], [lease]).ConfigureAwait(false) == 1, CancellationToken.None, withOffset: false);

    private MasterOffset OffsetOf(RedisNode master) =>
        _offsets.GetOrAdd(master.Name, static (_, master) => new MasterOffset(() => master.Database.Server().RoleAsync()), master);

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

    private static CacheTraceOutcome OutcomeOf(LeaseState state) => state switch
    {
        LeaseState.Taken => CacheTraceOutcome.Taken,
        LeaseState.Held => CacheTraceOutcome.Held,
        LeaseState.Filled => CacheTraceOutcome.Found,
        _ => CacheTraceOutcome.Failed,
    };

    // The node refused this one command but works otherwise, so it must not be treated as failed.
    private static bool IsRefusal(Exception failure) =>
        failure is RedisServerException && !ServiceFailures.Any(code => failure.Message.Contains(code, StringComparison.Ordinal));

    /// <summary>Logs that a key does not hold a string.</summary>
    public void ReportWrongType(string key)
    {
        if (warnings.IsDue(nameof(LogWrongType), key))
            LogWrongType(key);
    }

    private async Task RemoveAsync(IDatabase database, string[] keys)
    {
        RedisKey[] names = [.. keys.SelectMany(key => new RedisKey[] { NameOf(InternalKeys.Lease(key)), NameOf(key) })];
        foreach (var otherType in (long[])(await database.ScriptEvaluateAsync(RedisScripts.RemoveAndVoidFills, names).ConfigureAwait(false))!)
            ReportWrongType(keys[otherType]);
    }

    private RedisKey[] NamesOf(string key, IReadOnlyCollection<string> tagKeys) =>
        [NameOf(key), NameOf(InternalKeys.Lease(key)), .. tagKeys.Select(tag => (RedisKey)NameOf(tag))];

    private IEnumerable<string> NamesOf(TracedWrite command, string key) => (command.Keys ?? [key]).Select(NameOf);

    private async ValueTask<WriteResult> WriteAsync(string operation, string key, Func<IDatabase, Task<bool>> write, CancellationToken cancellationToken, bool withOffset = true, TracedWrite? traced = null)
    {
        if (topology.Master is not { } master)
        {
            instruments.Fallback();
            // Without any configured node, no write is outstanding.
            return WriteResult.NotReached with { IsReached = topology.Nodes.Count == 0 };
        }

        using var activity = CacheInstruments.StartOperation(operation, master);
        var started = instruments.Now;
        try
        {
            var database = master.Database;
            var writing = write(database);
            // ROLE is sent on the same connection after the write, so that the offset includes it.
            var readingOffset = withOffset && topology.HasReplicas ? OffsetOf(master).ReadAsync() : null;
            var isDone = await master.WaitAsync(writing, _options.OperationTimeout, cancellationToken).ConfigureAwait(false);
            var offset = readingOffset is null ? null : await master.WaitAsync(readingOffset, _options.OperationTimeout, cancellationToken).ConfigureAwait(false);
            Succeeded(activity, master, operation, started);
            if (traced is { } command)
                CacheTrace.Current?.Wrote(master.Name, NamesOf(command, key), command, isDone ? CacheTraceOutcome.Done : CacheTraceOutcome.Refused, started);
            return new WriteResult(IsReached: true, isDone, offset);
        }
        catch (RedisServerException failure) when (failure.Message.Contains("WRONGTYPE", StringComparison.Ordinal))
        {
            // The node itself works.
            ReportWrongType(key);
            return new WriteResult(IsReached: true, IsDone: false, Offset: null);
        }
        catch (Exception failure) when (RedisErrors.IsFailure(failure, cancellationToken))
        {
            Failed(activity, master, operation, started, failure);
            if (traced is { } command)
                CacheTrace.Current?.Wrote(master.Name, NamesOf(command, key), command, CacheTraceOutcome.Failed, started);
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
            // The node has become a replica, so the topology must find the new master at once.
            topology.PollNow();
        // A refused command is refused every time, so the warning is limited.
        if (IsRefusal(failure) ? warnings.IsDue(operation, node.Name) : node.ReportFailure(failure))
            LogFailed(operation, node.Name, RedisErrors.Describe(failure));
    }

    [LoggerMessage(LogLevel.Warning, "{Operation} failed on {Node}: {Reason}. The cache continues without it.")]
    private partial void LogFailed(string operation, string node, string reason);

    [LoggerMessage(LogLevel.Warning, "The key '{Key}' does not hold a string, so it belongs to another program and is not touched. The source answers, and the value is not cached.")]
    private partial void LogWrongType(string key);
}

/// <summary>The result of a write.</summary>
/// <param name="IsReached">Whether the master answered.</param>
/// <param name="IsDone">Whether the master carried out the write.</param>
/// <param name="Offset">The master's replication offset after the write; <see langword="null"/> when there are no replicas.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WriteResult(bool IsReached, bool IsDone, long? Offset)
{
    public static WriteResult NotReached => default;
}
