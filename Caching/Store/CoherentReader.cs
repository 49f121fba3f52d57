using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Telemetry;
using RedisAspire.Caching.Tracking;
using RedisAspire.Topology;

namespace RedisAspire.Caching.Store;

/// <summary>
/// Reads keys so that a process always sees its own writes, and so that values in the near cache never outlive a change.
/// A read goes to the read node through the tracked connection. For a key that this process has just written, the reply
/// counts only if the node has caught up with the write; otherwise the read goes to the master.
/// </summary>
internal sealed partial class CoherentReader : IDisposable
{
    private readonly RedisStore _store;
    private readonly RedisTopology _topology;
    private readonly ReadChannel _channel;
    private readonly NearCache _near;
    private readonly CacheInstruments _instruments;
    private readonly ILogger<CoherentReader> _logger;
    private readonly PendingWrites _pending = new();
    private readonly FailedInvalidations _failed;
    // The offset of the latest write of this process, and the node that has caught up with all writes that are not pending.
    private long _highest;
    private volatile string? _caughtUpNode;
    // The offset that a node must have applied to count as caught up; the lock keeps the offset and the node consistent.
    private readonly Lock _catchUpLock = new();
    private long _requiredOffset;
    private long _resetAt;
    // Counts the masters, because offsets of different masters cannot be compared.
    private int _history;
    // The master at the last check, the time of that check, and the highest offset written before it.
    private string? _master;
    private long _checkedAt;
    private long _highestWhenChecked;

    public CoherentReader(RedisStore store, RedisTopology topology, ReadChannel channel, NearCache near, CacheInstruments instruments, ILogger<CoherentReader> logger)
    {
        _store = store;
        _topology = topology;
        _channel = channel;
        _near = near;
        _instruments = instruments;
        _logger = logger;
        _failed = new FailedInvalidations(store, logger);
        topology.SnapshotUpdated += OnSnapshotUpdated;
    }

    /// <summary>The number of keys whose latest write by this process the read node may not have applied yet.</summary>
    internal int PendingWrites => _pending.Count;

    /// <summary>Reads a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="mayKeep">Whether the caller keeps the value in the near cache, so that the result has a ticket.</param>
    /// <param name="withTimeToLive">Whether the caller needs the time to live; without it, it may be <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<StoredEntry> ReadAsync(string key, bool mayKeep, bool withTimeToLive, CancellationToken cancellationToken)
    {
        if (_failed.Contains(key))
            return new(StoredEntry.Unavailable);

        var needed = _pending.OffsetOf(key);
        if (_channel.Tracked is not { } tracked)
            return ReadElsewhereAsync(key, needed, cancellationToken);

        // Another node had caught up; this one may not have.
        var highest = Volatile.Read(ref _highest);
        if (highest > 0 && tracked.Node.Name != _caughtUpNode)
            needed = highest;
        return ReadTrackedAsync(tracked.Node, tracked.Connection, key, needed, mayKeep, withTimeToLive, cancellationToken);
    }

    /// <summary>
    /// Records a write of this process, before the call of the writer returns: from then on no value from before the write is
    /// returned in this process.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="result">The result of the write.</param>
    /// <param name="stamp">The new stamp, if the key is that of a tag: when the write has failed, the stamp is written later.</param>
    public void Written(string key, WriteResult result, byte[]? stamp = null)
    {
        // A newer stamp each time: while the one before is being written, other processes may already store entries with it.
        if (!result.IsReached && !_failed.TryAdd(key, stamp) && InternalKeys.DependsOnEveryTag(key))
            Written(InternalKeys.EveryTag, WriteResult.NotReached, TagStamp.New());
        Changed(key, result);
        // The value that another process is fetching may be from before this write, so callers that wait for it read again.
        if (key == InternalKeys.EveryTag)
            AllChanged(offset: null);
        else
            _channel.StopWaiting(key);
        // This write replaced the outdated value that an earlier, failed one left behind.
        if (result.IsReached)
            _failed.Forget(key, stamp);
    }

    /// <summary>Records that this process has stored a value from its source, or has changed the time to live of a key.</summary>
    public void Changed(string key, WriteResult result)
    {
        if (result.Offset is { } offset)
        {
            // A master that has written less than the read node has applied may count anew. It may also be that this write's
            // reply was overtaken by others, but then forgetting costs one ROLE.
            _channel.ForgetOffset(above: offset);
            // The highest offset is raised first, because it replaces the pending writes that are cleared below.
            RaiseHighest(offset);
            if (_pending.Add(key, offset))
            {
                ResetCaughtUp(Volatile.Read(ref _highest));
                _pending.Clear();
            }
        }

        // The invalidation comes after the write, so that it also voids fills that began before the write.
        _near.Invalidate(key);
    }

    /// <summary>
    /// Records that this process has removed any number of keys: until a node has caught up with that, its replies do not
    /// count for any key.
    /// </summary>
    /// <param name="offset">The master's offset afterwards; <see langword="null"/> when it is not known, or no node has to catch up with it.</param>
    public void AllChanged(long? offset)
    {
        if (offset is { } removed)
        {
            RaiseHighest(removed);
            ResetCaughtUp(removed);
        }

        // The flush comes after the removal, so that it also voids fills that began before the removal.
        _near.InvalidateAll();
        _channel.StopWaiting();
    }

    public void Dispose() => _topology.SnapshotUpdated -= OnSnapshotUpdated;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<StoredEntry> ReadTrackedAsync(
        RedisNode node, TrackedConnection connection, string key, long? needed, bool mayKeep, bool withTimeToLive, CancellationToken cancellationToken)
    {
        using var activity = CacheInstruments.StartOperation("GET", node);
        var ticket = mayKeep ? _near.BeginFill(key) : null;
        var isKept = false;
        var started = _instruments.Now;
        var (history, highest) = (Volatile.Read(ref _history), Volatile.Read(ref _highest));
        try
        {
            var reply = await connection.GetAsync(_store.NameOf(key), withTimeToLive, needed, cancellationToken).ConfigureAwait(false);
            _instruments.Operation(activity, "GET", node, started, failure: null);
            var isUsable = needed is not { } offset || IsCaughtUp(reply, node, key, offset, highest, history);
            CacheTrace.Current?.Replied(node.Name, _store.NameOf(key), reply, isUsable, withTimeToLive, started);
            if (isUsable)
            {
                isKept = true;
                return StoredEntry.Of(reply.Value, reply.TimeToLive, node.Name, ticket);
            }
        }
        catch (RespErrorException failure) when (failure.Code == "WRONGTYPE")
        {
            _store.ReportWrongType(key);
            return StoredEntry.Unavailable;
        }
        catch (TrackedConnectionLostException failure)
        {
            // A caller waits for one hanging node at most; after that the source answers.
            if (failure.InnerException is TimeoutException || node.IsSilent)
                return StoredEntry.Unavailable;
        }
        catch (Exception failure) when (RedisErrors.IsFailure(failure, cancellationToken))
        {
            _instruments.Fallback();
            _instruments.Operation(activity, "GET", node, started, failure);
            CacheTrace.Current?.Read(node.Name, _store.NameOf(key), CacheTraceOutcome.Failed, started, isTracked: false);
            if (node.ReportFailure(failure))
                LogFailed(node.Name, RedisErrors.Describe(failure));
            if (failure is TimeoutException)
                return StoredEntry.Unavailable;
        }
        finally
        {
            if (!isKept && ticket is not null)
                _near.Abandon(ticket);
        }

        return await ReadElsewhereAsync(key, needed, cancellationToken).ConfigureAwait(false);
    }

    private bool IsCaughtUp(in TrackedReply reply, RedisNode node, string key, long needed, long highest, int history)
    {
        var applied = Math.Max(reply.Offset ?? -1, reply.IsMaster == true ? needed : -1);
        if (applied < needed)
            return false;
        if (applied >= highest)
            MarkCaughtUp(node.Name, applied, history);
        _pending.MarkCaughtUp(key, needed);
        return true;
    }

    // Reads from another node than the tracked one, or from the same over another connection. Such a value is not kept.
    private async ValueTask<StoredEntry> ReadElsewhereAsync(string key, long? needed, CancellationToken cancellationToken)
    {
        if (FallbackFor(needed) is not { } node)
        {
            _instruments.Fallback();
            return StoredEntry.Unavailable;
        }

        var stored = await _store.GetAsync(node, key, cancellationToken).ConfigureAwait(false);
        // A node that has just died is down from this failure on, and another one takes its place. One that hangs is not
        // replaced: a caller waits for one node at most.
        return stored.State == StoredState.Unavailable && !node.IsSilent && FallbackFor(needed) is { } next && next != node
            ? await _store.GetAsync(next, key, cancellationToken).ConfigureAwait(false)
            : stored;
    }

    // The node to read from when the tracked connection gave no usable reply: the master has every write; a replica counts
    // only if it has caught up with all writes of this process.
    private RedisNode? FallbackFor(long? needed)
    {
        var node = _topology.ReadNode;
        if (needed is null && (node?.Name == _caughtUpNode || Volatile.Read(ref _highest) == 0))
            return node;
        return _topology.Master ?? (needed is null ? node : null);
    }

    // A read that began before the reset must not mark the node as caught up again.
    private void MarkCaughtUp(string node, long applied, int history)
    {
        lock (_catchUpLock)
        {
            if (history == _history && applied >= _requiredOffset)
                _caughtUpNode = node;
        }
    }

    private void ResetCaughtUp(long offset, bool isOtherMaster = false)
    {
        lock (_catchUpLock)
        {
            if (isOtherMaster)
                _history++;
            _requiredOffset = offset;
            _resetAt = _instruments.Now;
            _caughtUpNode = null;
        }
    }

    private void RaiseHighest(long offset)
    {
        var seen = Volatile.Read(ref _highest);
        while (offset > seen)
        {
            var before = Interlocked.CompareExchange(ref _highest, offset, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }

    private void OnSnapshotUpdated(object? sender, EventArgs e)
    {
        var snapshot = _topology.Snapshot;
        if (snapshot.Nodes.FirstOrDefault(node => node.Name == snapshot.Master) is { Offset: { } written } master)
            CheckMaster(master, written);

        // The snapshot lets a process that only writes find out as well that the read node has caught up.
        if (_caughtUpNode is null && snapshot.Nodes.FirstOrDefault(node => node.Name == snapshot.ReadNode) is { Offset: { } readerOffset } reader && reader.PolledAt > Volatile.Read(ref _resetAt))
            MarkCaughtUp(reader.Name, readerOffset, Volatile.Read(ref _history));
        if (_pending.Count > 0 && _caughtUpNode is { } caughtUp && snapshot.Nodes.FirstOrDefault(node => node.Name == caughtUp)?.Offset is { } applied)
            _pending.MarkAllCaughtUp(applied);

        if (snapshot.Master is not null && !_failed.IsEmpty)
            _ = _failed.RetryAsync(Written);
        _near.Trim();
    }

    // With another master, or one that has restarted and counts from zero, earlier offsets are meaningless. Then a node's
    // replies count again once it has the master's current offset, which includes the writes of this process that survived.
    private void CheckMaster(RedisNodeStatus master, long written)
    {
        // A snapshot from before the last check may contain an offset from before it.
        if (master.PolledAt <= _checkedAt)
            return;
        if (master.Name != (_master ?? master.Name) || written < _highestWhenChecked)
        {
            _pending.Clear();
            ResetCaughtUp(written, isOtherMaster: true);
            Volatile.Write(ref _highest, written);
            _channel.ForgetOffset(above: -1);
        }

        _master = master.Name;
        _highestWhenChecked = Volatile.Read(ref _highest);
        _checkedAt = _instruments.Now;
    }

    [LoggerMessage(LogLevel.Warning, "GET failed on {Node}: {Reason}. The read continues on another node or at the source.")]
    private partial void LogFailed(string node, string reason);
}
