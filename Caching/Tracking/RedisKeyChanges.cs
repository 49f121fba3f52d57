using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using RedisAspire.Topology;

namespace RedisAspire.Caching.Tracking;

/// <summary>
/// Follows the changes of all keys on one node, whoever makes them. The node pushes their names (<c>CLIENT TRACKING ON BCAST</c>,
/// see https://redis.io/docs/latest/commands/client-tracking/); a replica does so when a change reaches it. Unlike <c>MONITOR</c>
/// that slows no other client down.
/// </summary>
public sealed class RedisKeyChanges : IAsyncDisposable
{
    private readonly ConcurrentQueue<RedisKeyChange> _changes = new();
    private readonly TrackedConnection _connection;
    private readonly TimeProvider _time;
    private readonly int _maximum;
    private long _missed;

    private RedisKeyChanges(RedisNodeEndpoint endpoint, int maximum, TimeProvider time)
    {
        _time = time;
        _maximum = maximum;
        _connection = new TrackedConnection(
            TrackedConnectionOptions.For(endpoint) with { ClientName = "RedisAspire-changes", BroadcastPrefixes = [""] },
            // Nothing depends on this connection: whether it works is seen in IsFollowing.
            new Sink(this), time, NullLogger<TrackedConnection>.Instance);
        _connection.Start();
    }

    /// <summary>Whether the node pushes changes at present.</summary>
    public bool IsFollowing => _connection.IsTracking;

    /// <summary>Starts to follow a node, until the result is disposed of.</summary>
    /// <param name="topology">Knows the node.</param>
    /// <param name="node">The node's name.</param>
    /// <param name="maximum">The most changes that are kept until they are taken.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="KeyNotFoundException">There is no such node.</exception>
    public static RedisKeyChanges Follow(RedisTopology topology, string node, int maximum, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(topology);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximum);
        var found = topology.Nodes.FirstOrDefault(known => known.Name == node) ?? throw new KeyNotFoundException($"There is no Redis node '{node}'.");
        return new RedisKeyChanges(found.Endpoint, maximum, time);
    }

    /// <summary>Takes the changes since the last time, the oldest first.</summary>
    /// <param name="missed">How many changes are not among them, because there were more than are kept.</param>
    public IReadOnlyList<RedisKeyChange> Take(out long missed)
    {
        missed = Interlocked.Exchange(ref _missed, 0);
        var taken = new List<RedisKeyChange>();
        while (taken.Count < _maximum && _changes.TryDequeue(out var change))
            taken.Add(change);
        return taken;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private void Add(ReadOnlySpan<byte> key)
    {
        if (_changes.Count < _maximum)
            _changes.Enqueue(new RedisKeyChange(_time.GetUtcNow(), key.ToArray()));
        else
            Interlocked.Increment(ref _missed);
    }

    private sealed class Sink(RedisKeyChanges changes) : ITrackingSink
    {
        public void OnTrackingStarted()
        {
            // There is nothing to prepare.
        }

        public void OnInvalidated(ReadOnlySpan<byte> key) => changes.Add(key);

        public void OnAllInvalidated() => changes.Add([]);

        public void OnTrackingLost()
        {
            // What was pushed until now remains to be taken.
        }
    }
}

/// <summary>A change of a key.</summary>
/// <param name="At">When the node pushed it.</param>
/// <param name="Key">The key; empty when all keys were removed at once.</param>
public sealed record RedisKeyChange(DateTimeOffset At, byte[] Key);
