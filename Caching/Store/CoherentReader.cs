using Microsoft.Extensions.Logging;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Telemetry;
using RedisAspire.Caching.Tracking;
using RedisAspire.Topology;

namespace RedisAspire.Caching.Store;

/// <summary>
/// Reads keys so that a process always sees its own writes, and near values so that they never outlive a change.
/// A read goes to the read node through the tracked connection; one of a key that this process has just written
/// counts only if the node has applied the write, and goes to the master otherwise.
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
    // The offset of this process' latest write, and the node known to have applied all that are no longer pending.
    private long _highest;
    private volatile string? _caughtUpNode;
    // What a node has to have applied before it counts as that, and the lock that keeps both in step.
    private readonly Lock _catchUpLock = new();
    private long _floor;
    private long _resetAt;
    // Which node was the master when it was last looked at, when that was, and what had been written before.
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

    /// <summary>How many keys this process remembers to have written, because the read node may not have that yet.</summary>
    internal int PendingWrites => _pending.Count;

    /// <summary>Reads a key.</summary>
    public async ValueTask<StoredEntry> ReadAsync(string key, CancellationToken cancellationToken)
    {
        if (_failed.Contains(key))
            return StoredEntry.Unavailable;

        var needed = _pending.OffsetOf(key);
        if (_channel.Tracked is { } tracked)
        {
            // What was settled on another node need not be on this one.
            var highest = Volatile.Read(ref _highest);
            if (highest > 0 && tracked.Node.Name != _caughtUpNode)
                needed = highest;

            var (entry, isLost) = await ReadTrackedAsync(tracked.Node, tracked.Connection, key, needed, cancellationToken).ConfigureAwait(false);
            if (entry is { } answer)
                return answer;
            if (!isLost)
                needed ??= highest;
        }

        if (FallbackFor(needed) is not { } node)
        {
            _instruments.Fallback();
            return StoredEntry.Unavailable;
        }

        return await _store.GetAsync(node, key, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Takes note of a write of this process, before its caller is told that it is done: no value from before it is
    /// served in this process any more.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="result">What became of the write.</param>
    /// <param name="stamp">What was written, if the key is that of a tag: should it not have been, it is written later.</param>
    public void Written(string key, WriteResult result, byte[]? stamp = null)
    {
        if (!result.IsReached)
            _failed.Add(key, stamp);
        Changed(key, result);
        // What another process is fetching may be from before this write: those who wait for it look again.
        if (key == InternalKeys.EveryTag)
            AllChanged(offset: null);
        else
            _channel.StopWaiting(key);
        // It came after one that was not confirmed, and replaced what that left behind.
        if (result.IsReached)
            _failed.Forget(key, stamp);
    }

    /// <summary>Takes note that this process has stored what its source said, or has changed how long a value lives.</summary>
    public void Changed(string key, WriteResult result)
    {
        if (result.Offset is { } offset)
        {
            // In this order: a write that is forgotten below has raised the offset that stands for it.
            RaiseHighest(offset);
            if (_pending.Add(key, offset))
            {
                ResetCaughtUp(Volatile.Read(ref _highest));
                _pending.Clear();
            }
        }

        // After the write, so that reads which began before it are void as well.
        _near.Invalidate(key);
    }

    /// <summary>
    /// Takes note that this process has removed any number of keys: a node counts for every key only once it has applied that.
    /// </summary>
    /// <param name="offset">The master's offset afterwards; <see langword="null"/> when it is not known, or nobody has to catch up with it.</param>
    public void AllChanged(long? offset)
    {
        if (offset is { } removed)
        {
            RaiseHighest(removed);
            ResetCaughtUp(removed);
        }

        // After the removal, so that reads which began before it are void as well.
        _near.InvalidateAll();
        _channel.StopWaiting();
    }

    public void Dispose() => _topology.SnapshotUpdated -= OnSnapshotUpdated;

    // The entry is null when another node has to be asked.
    private async ValueTask<(StoredEntry? Entry, bool IsLost)> ReadTrackedAsync(
        RedisNode node, TrackedConnection connection, string key, long? needed, CancellationToken cancellationToken)
    {
        using var activity = CacheInstruments.StartOperation("GET", node);
        var ticket = _near.BeginFill(key);
        var isKept = false;
        var started = _instruments.Now;
        var highest = Volatile.Read(ref _highest);
        try
        {
            var reply = await connection.GetAsync(_store.NameOf(key), withOffset: needed is not null, cancellationToken).ConfigureAwait(false);
            _instruments.Operation(activity, "GET", node, started, failure: null);
            if (needed is { } offset)
            {
                if (reply.IsMaster != true && (reply.Offset ?? -1) < offset)
                    return (null, false);
                if (offset >= highest)
                    MarkCaughtUp(node.Name, offset);
                _pending.MarkCaughtUp(key, offset, offset);
            }

            isKept = true;
            return (StoredEntry.Of(reply.Value, reply.TimeToLive, node.Name, ticket), false);
        }
        catch (RespErrorException failure) when (failure.Code == "WRONGTYPE")
        {
            _store.ReportForeignKey(key);
            return (StoredEntry.Unavailable, false);
        }
        catch (TrackedConnectionLostException failure)
        {
            // One node that hangs is enough for one caller.
            return (failure.InnerException is TimeoutException || node.IsSilent ? StoredEntry.Unavailable : null, true);
        }
        catch (Exception failure) when (RedisErrors.IsFailure(failure, cancellationToken))
        {
            _instruments.Fallback();
            _instruments.Operation(activity, "GET", node, started, failure);
            if (node.ReportFailure(failure))
                LogFailed(node.Name, RedisErrors.Describe(failure));
            return (failure is TimeoutException ? StoredEntry.Unavailable : null, true);
        }
        finally
        {
            if (!isKept)
                _near.Abandon(ticket);
        }
    }

    // Where to read what the tracked connection did not answer: the master knows every write; a replica only counts if
    // this process has written nothing that it may not have.
    private RedisNode? FallbackFor(long? needed)
    {
        var node = _topology.ReadNode;
        if (needed is null && (node?.Name == _caughtUpNode || Volatile.Read(ref _highest) == 0))
            return node;
        return _topology.Master ?? (needed is null ? node : null);
    }

    // A read that began before a node lost its standing must not give it back.
    private void MarkCaughtUp(string node, long applied)
    {
        lock (_catchUpLock)
        {
            if (applied >= _floor)
                _caughtUpNode = node;
        }
    }

    private void ResetCaughtUp(long floor)
    {
        lock (_catchUpLock)
        {
            _floor = floor;
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

        // So that a process that only writes finds out as well.
        if (_caughtUpNode is null && snapshot.Nodes.FirstOrDefault(node => node.Name == snapshot.ReadNode) is { Offset: { } has } reader && reader.PolledAt > Volatile.Read(ref _resetAt))
            MarkCaughtUp(reader.Name, has);
        if (_pending.Count > 0 && _caughtUpNode is { } caughtUp && snapshot.Nodes.FirstOrDefault(node => node.Name == caughtUp)?.Offset is { } applied)
            _pending.MarkAllCaughtUp(applied);

        if (snapshot.Master is not null && !_failed.IsEmpty)
            _ = _failed.RetryAsync(Written);
        _near.Trim();
    }

    // With another master, or one that has restarted and counts anew, offsets of before say nothing any more. Then a
    // node counts for every key only once it has what the master has now: whatever of our writes it kept is in that.
    private void CheckMaster(RedisNodeStatus master, long written)
    {
        // A look that began before the last check may well show an offset from before it.
        if (master.PolledAt <= _checkedAt)
            return;
        if (master.Name != (_master ?? master.Name) || written < _highestWhenChecked)
        {
            _pending.Clear();
            ResetCaughtUp(written);
            Volatile.Write(ref _highest, written);
        }

        _master = master.Name;
        _highestWhenChecked = Volatile.Read(ref _highest);
        _checkedAt = _instruments.Now;
    }

    [LoggerMessage(LogLevel.Warning, "A read failed on {Node}: {Reason}. The cache does without it.")]
    private partial void LogFailed(string node, string reason);
}
