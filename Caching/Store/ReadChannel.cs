using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Telemetry;
using RedisAspire.Caching.Tracking;
using RedisAspire.Topology;

namespace RedisAspire.Caching.Store;

/// <summary>
/// The tracked connection to the current read node. The invalidations of that node remove entries from the near cache; the
/// near cache is off while the connection is not tracking.
/// </summary>
internal sealed partial class ReadChannel : ITrackingSink, IAsyncDisposable
{
    private static readonly byte[] EveryTag = Encoding.UTF8.GetBytes(InternalKeys.EveryTag);
    private static readonly byte[] LeasePrefix = Encoding.UTF8.GetBytes(InternalKeys.LeasePrefix);

    private readonly RedisTopology _topology;
    private readonly ReplicatedCacheOptions _options;
    private readonly byte[] _prefix;
    private readonly NearCache _near;
    private readonly TimeProvider _time;
    private readonly ILogger<TrackedConnection> _logger;
    private readonly SemaphoreSlim _switching = new(1);
    private readonly Lock _tracing = new();
    private readonly ConcurrentDictionary<string, FillWait> _waiting = new(StringComparer.Ordinal);
    private volatile Link? _link;
    // Mostly none. The array is never modified.
    private volatile CacheTrace[] _traces = [];
    private bool _isDisposed;

    public ReadChannel(RedisTopology topology, IOptions<ReplicatedCacheOptions> options, NearCache near, TimeProvider time, ILogger<TrackedConnection> logger)
    {
        _topology = topology;
        _options = options.Value;
        _prefix = Encoding.UTF8.GetBytes(_options.KeyPrefix);
        _near = near;
        _time = time;
        _logger = logger;
        topology.SnapshotUpdated += Follow;
        Follow(topology, EventArgs.Empty);
    }

    /// <summary>The read node and the connection to it; <see langword="null"/> while the connection is not tracking.</summary>
    public (RedisNode Node, TrackedConnection Connection)? Tracked =>
        _link is { Connection.IsTracking: true, Node.Status.CanRead: true } link ? (link.Node, link.Connection) : null;

    /// <summary>The name of the node that the connection is, or will be, connected to.</summary>
    public string? Node => _link?.Node.Name;

    /// <summary>Forgets the replication offset that the read node has shown, if it is above a limit; see <see cref="TrackedConnection.ForgetOffset"/>.</summary>
    public void ForgetOffset(long above) => _link?.Connection.ForgetOffset(above);

    /// <summary>Reports the invalidations of a key to its trace.</summary>
    public void Report(CacheTrace trace)
    {
        lock (_tracing)
            _traces = [.. _traces, trace];
    }

    /// <summary>Ends that.</summary>
    public void Forget(CacheTrace trace)
    {
        lock (_tracing)
            _traces = Array.FindAll(_traces, other => other != trace);
    }

    /// <summary>Starts to wait for another process to fill a key, or joins the wait for it. Must be called before the lease is requested.</summary>
    public FillWait WaitFor(string key) => _waiting.GetOrAdd(key, static key => new FillWait(key));

    /// <summary>Ends the wait for a key, so that its callers read again.</summary>
    public void StopWaiting(string key)
    {
        if (_waiting.TryRemove(key, out var wait))
            wait.End();
    }

    /// <summary>Ends all waits, so that their callers read again.</summary>
    public void StopWaiting()
    {
        foreach (var key in _waiting.Keys)
            StopWaiting(key);
    }

    /// <summary>Reads the lease on the tracked connection, so that the node pushes an invalidation when the fill ends.</summary>
    public async ValueTask WatchAsync(FillWait wait, CancellationToken cancellationToken)
    {
        if (wait.IsWatched || _link is not { } link)
            return;
        try
        {
            var reply = await link.Connection.GetAsync(_options.KeyPrefix + InternalKeys.Lease(wait.Key), withTimeToLive: false, neededOffset: null, cancellationToken).ConfigureAwait(false);
            // Without the lease on this node yet, the push would come when the lease arrives, not when it ends.
            wait.IsWatched = reply.Value is not null;
        }
        catch (Exception failure) when (RedisErrors.IsFailure(failure, cancellationToken))
        {
            // The wait does not depend on the push, because it also polls.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _topology.SnapshotUpdated -= Follow;
        await _switching.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            if (_link is { } link)
                await link.Connection.DisposeAsync().ConfigureAwait(false);
            _link = null;
        }
        finally
        {
            _switching.Release();
        }
    }

    void ITrackingSink.OnTrackingStarted() => _near.TurnOn();

    void ITrackingSink.OnInvalidated(ReadOnlySpan<byte> key)
    {
        if (!key.StartsWith(_prefix))
            return;

        foreach (var trace in _traces)
            trace.Invalidated(key, Node);
        key = key[_prefix.Length..];
        if (key.SequenceEqual(EveryTag))
        {
            _near.InvalidateAll();
            StopWaiting();
            return;
        }

        _near.Invalidate(key);
        if (!_waiting.IsEmpty)
            StopWaiting(Encoding.UTF8.GetString(key.StartsWith(LeasePrefix) ? key[LeasePrefix.Length..] : key));
    }

    void ITrackingSink.OnAllInvalidated()
    {
        _near.InvalidateAll();
        StopWaiting();
    }

    void ITrackingSink.OnTrackingLost()
    {
        _near.TurnOff();
        StopWaiting();
    }

    private void Follow(object? sender, EventArgs e)
    {
        if (_topology.Snapshot.ReadNode is { } wanted && wanted != _link?.Node.Name)
            _ = SwitchAsync();
    }

    private async Task SwitchAsync()
    {
        if (!await _switching.WaitAsync(TimeSpan.Zero).ConfigureAwait(false))
            // A switch is in progress; the next snapshot shows whether it has led to the right node.
            return;
        try
        {
            if (_isDisposed || _topology.ReadNode is not { } node || node == _link?.Node)
                return;

            // The old connection is disposed of first, because it turns the near cache off, which the new one turns on.
            if (_link is { } old)
                await old.Connection.DisposeAsync().ConfigureAwait(false);

            var connection = new TrackedConnection(OptionsFor(node.Endpoint), this, _time, _logger);
            _link = new Link(node, connection);
            connection.Start();
            LogSwitched(node.Name);
        }
        finally
        {
            _switching.Release();
        }
    }

    private TrackedConnectionOptions OptionsFor(RedisNodeEndpoint endpoint) => TrackedConnectionOptions.For(endpoint) with
    {
        OperationTimeout = _options.OperationTimeout,
        BroadcastPrefixes = _options.IsBroadcastTracking ? [_options.KeyPrefix] : [],
    };

    private sealed record Link(RedisNode Node, TrackedConnection Connection);

    [LoggerMessage(LogLevel.Information, "Cached reads go to {Node}.")]
    private partial void LogSwitched(string node);
}

/// <summary>The wait of this process for another process to fill a key. It ends once.</summary>
/// <param name="key">The key.</param>
internal sealed class FillWait(string key)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isWatched;

    public string Key => key;

    /// <summary>Completes when the fill has ended, or may have.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether the read node pushes an invalidation when the fill ends.</summary>
    public bool IsWatched
    {
        get => _isWatched;
        set => _isWatched = value;
    }

    public void End() => _ended.TrySetResult();
}

/// <summary>Reports whether the near cache is on, and if not, why. Without the near cache look-ups are slower, not wrong.</summary>
internal sealed class NearCacheHealthCheck(NearCache near, ReadChannel channel) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        (near.IsOn, channel.Node) switch
        {
            (true, var node) => HealthCheckResult.Healthy($"On: {node} pushes invalidations."),
            (false, null) => HealthCheckResult.Degraded("Off: there is no node to read from."),
            (false, var node) => HealthCheckResult.Degraded($"Off: the tracked connection to {node} is not established."),
        });
}
