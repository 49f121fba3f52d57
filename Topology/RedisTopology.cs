using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace RedisAspire.Topology;

/// <summary>
/// Knows every Redis node and its state. One poller looks at all of them; everybody else reads its
/// <see cref="Snapshot"/>.
/// </summary>
public sealed partial class RedisTopology : BackgroundService, IAsyncDisposable
{
    // Nodes that answer slowly are not waited for longer than this before the others are shown.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    private readonly RedisTopologyOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisTopology> _logger;
    private readonly RedisNode[] _nodes;
    private readonly SentinelWatch _sentinels;
    private readonly TaskCompletionSource _firstLook = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile RedisTopologySnapshot _snapshot;
    private volatile RedisNode? _master;

    /// <summary>Creates the topology. Nodes are connected when it starts.</summary>
    /// <param name="options">The nodes.</param>
    /// <param name="services">Where a keyed <see cref="IConnectionMultiplexer"/> with a node's name is used instead of an own connection.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where changes of a node's state are written.</param>
    public RedisTopology(IOptions<RedisTopologyOptions> options, IServiceProvider services, TimeProvider time, ILogger<RedisTopology> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value;
        _time = time;
        _logger = logger;
        _nodes = [.. _options.Nodes.Select(node => CreateNode(node.Key, node.Value, services))];
        _sentinels = new SentinelWatch(_options, _nodes, LookAgain, time, logger);
        _snapshot = TakeSnapshot();
    }

    /// <summary>
    /// Raised for every node that has come, gone or changed its role. It is raised on the poller: what it calls must be
    /// quick. What it throws is logged.
    /// </summary>
    public event EventHandler<RedisNodeChangedEventArgs>? NodeChanged;

    /// <summary>Raised after every look at the nodes, on the poller: what it calls must be quick. What it throws is logged.</summary>
    internal event EventHandler<EventArgs>? Looked;

    /// <summary>The last look at all nodes.</summary>
    public RedisTopologySnapshot Snapshot => _snapshot;

    /// <summary>What the sentinels say now.</summary>
    public IReadOnlyList<RedisSentinelStatus> SentinelStatuses => _sentinels.Statuses;

    /// <summary>Completes when every node has been looked at once.</summary>
    public Task Ready => _firstLook.Task;

    /// <summary>The node that takes writes now, or <see langword="null"/>.</summary>
    internal RedisNode? Master => _master is { Status: { IsUp: true, Role: RedisRole.Master } } master ? master : null;

    /// <summary>Whether a node beside the master may serve reads, so that writes have to reach it first.</summary>
    internal bool HasReplicas => _nodes.Length > 1;

    /// <summary>All nodes.</summary>
    internal IReadOnlyList<RedisNode> Nodes => _nodes;

    /// <summary>The sentinels.</summary>
    internal SentinelWatch Sentinels => _sentinels;

    /// <summary>
    /// The node that serves reads now, or <see langword="null"/>: the replica chosen by the last look if it still
    /// can, else any other that can, else the master.
    /// </summary>
    internal RedisNode? ReadNode
    {
        get
        {
            var chosen = _snapshot.ReadNode;
            RedisNode? best = null;
            foreach (var node in _nodes)
            {
                if (!node.Status.CanRead || (node.Status.Role == RedisRole.Master && node != _master))
                    continue;
                if (node.Name == chosen)
                    return node;
                if (best is null || best.Status.Role == RedisRole.Master)
                    best = node;
            }

            return best;
        }
    }

    /// <summary>The snapshot of every look at the nodes, beginning with the last one. Looks that come while the caller is busy are passed over.</summary>
    /// <param name="cancellationToken">Ends the sequence.</param>
    public async IAsyncEnumerable<RedisTopologySnapshot> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var next = _next.Task;
            yield return _snapshot;
            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a node is the master and is not being replaced.</summary>
    internal bool IsSettled(string node) => !_sentinels.IsFailingOver && (_sentinels.Master?.Name ?? _snapshot.Master) == node;

    /// <summary>Waits until writes go to a node.</summary>
    /// <exception cref="RedisUnavailableException">They do not in time.</exception>
    internal async Task WaitForMasterAsync(RedisNode node, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (!await WaitUntilAsync(() => Master == node, timeout, cancellationToken).ConfigureAwait(false))
            throw new RedisUnavailableException($"{node.Name} did not become the master within {timeout.TotalSeconds} s.");
    }

    /// <summary>Waits until the nodes are seen to be in some state.</summary>
    /// <returns>Whether they are in time.</returns>
    internal async Task<bool> WaitUntilAsync(Func<bool> condition, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        while (!condition())
        {
            if (_time.GetElapsedTime(started) > timeout)
                return false;
            var next = _next.Task;
            LookAgain();
            await Task.WhenAny(next, Task.Delay(_options.PollInterval, _time, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return true;
    }

    /// <summary>Looks at all nodes at once, without waiting for the next time.</summary>
    internal void LookAgain() => _wake.TrySetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (var node in _nodes)
            await node.DisposeAsync().ConfigureAwait(false);
        Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_nodes.Length == 0)
            LogNoNodes();

        var listening = _sentinels.RunAsync(stoppingToken);
        try
        {
            await PollAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _firstLook.TrySetCanceled(stoppingToken);
        }

        await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task PollAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(_options.PollInterval, _time);
        var tick = timer.WaitForNextTickAsync(stopping).AsTask();
        var polls = Array.ConvertAll(_nodes, _ => Task.CompletedTask);
        while (true)
        {
            _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            for (var i = 0; i < polls.Length; i++)
            {
                if (polls[i].IsCompleted)
                    polls[i] = _nodes[i].PollAsync(_options.PollTimeout, stopping);
            }

            var all = Task.WhenAll(polls);
            await (_firstLook.Task.IsCompleted ? Task.WhenAny(all, Task.Delay(Grace, _time, stopping)) : all).ConfigureAwait(false);
            Publish();

            // Until the next time only those are still looked at that have not answered yet.
            while (!tick.IsCompleted && !_wake.Task.IsCompleted)
            {
                var late = polls.Where(poll => !poll.IsCompleted).ToArray();
                await Task.WhenAny([tick, _wake.Task, .. late]).ConfigureAwait(false);
                if (Array.Exists(late, poll => poll.IsCompleted))
                    Publish();
            }

            if (tick.IsCompleted)
            {
                await tick.ConfigureAwait(false);
                tick = timer.WaitForNextTickAsync(stopping).AsTask();
            }
        }
    }

    private void Publish()
    {
        var before = _snapshot;
        _master = ChooseMaster();
        var after = TakeSnapshot();
        _snapshot = after;
        Tell(before, after);
        Raise(Looked, EventArgs.Empty);
        _firstLook.TrySetResult();
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    // Two nodes may take themselves for the master, for instance when an old one comes back. The sentinels know which
    // it is; without them it is the one that others follow, that was it until now, or that has written more.
    private RedisNode? ChooseMaster()
    {
        var masters = Array.FindAll(_nodes, node => node.Status is { IsUp: true, Role: RedisRole.Master });
        if (_sentinels.Master is { } chosen)
            return Array.Find(masters, node => node == chosen);
        return masters
            .OrderByDescending(node => node.Status.ConnectedReplicas > 0)
            .ThenByDescending(node => node == _master)
            .ThenByDescending(node => node.Status.Offset)
            .FirstOrDefault();
    }

    // Whoever listens and throws must not end the poller, and with it the host: the others are told, and the next look follows.
    private void Raise<T>(EventHandler<T>? told, T e)
    {
        foreach (var listener in Delegate.EnumerateInvocationList(told))
        {
            try
            {
                listener(this, e);
            }
#pragma warning disable CA1031 // Listeners throw what they like.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                LogListenerFailed(failure);
            }
        }
    }

    private RedisNode CreateNode(string name, string connectionString, IServiceProvider services)
    {
        var endpoint = RedisNodeEndpoint.Parse(name, connectionString);
        var peer = _options.PeerAddresses.TryGetValue(name, out var address) ? RedisPeerAddress.Parse(address) : new RedisPeerAddress(endpoint.Host, endpoint.Port);
        var isOwned = services.GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(typeof(IConnectionMultiplexer), name) != true;
        return new RedisNode(
            name, endpoint, peer,
            () => isOwned
                ? ConnectAsync(RedisConnectionDefaults.Apply(endpoint.Configuration.Clone()))
                // A client that the application has registered connects when it is resolved, and blocks its thread meanwhile.
                : Task.Run(() => services.GetRequiredKeyedService<IConnectionMultiplexer>(name)),
            () => ConnectAsync(RedisConnectionDefaults.ForOperator(endpoint.Configuration, _options.OperatorUser, _options.OperatorPassword)),
            isOwned, LookAgain, _time);

        static async Task<IConnectionMultiplexer> ConnectAsync(ConfigurationOptions settings) => await ConnectionMultiplexer.ConnectAsync(settings).ConfigureAwait(false);
    }

    private RedisTopologySnapshot TakeSnapshot()
    {
        var nodes = Array.ConvertAll(_nodes, node => node.Status);
        var master = _master is { } chosen ? nodes[Array.IndexOf(_nodes, chosen)] : null;
        if (master?.Offset is { } written)
        {
            nodes = Array.ConvertAll(nodes, node => node.Role == RedisRole.Replica && node.Offset is { } applied
                ? node with { LagBytes = Math.Max(0, written - applied) }
                : node);
        }

        var readNode = nodes.Where(node => node.CanRead && node.Role == RedisRole.Replica)
            // Hysteresis: a replica that serves stays chosen while it can.
            .OrderByDescending(node => node.Name == _snapshot?.ReadNode)
            .ThenBy(node => node.LagBytes ?? long.MaxValue)
            .ThenBy(node => node.RoundTrip)
            .FirstOrDefault() ?? (master?.CanRead == true ? master : null);

        return new RedisTopologySnapshot(_time.GetUtcNow(), nodes, master?.Name, readNode?.Name);
    }

    private void Tell(RedisTopologySnapshot before, RedisTopologySnapshot after)
    {
        for (var i = 0; i < after.Nodes.Count; i++)
        {
            var change = new RedisNodeChangedEventArgs(before.Nodes[i], after.Nodes[i]);
            var now = change.After;
            if (change.IsNowUp || change.IsRoleChanged)
                LogNodeUp(now.Name, now.Address, now.Role);
            else if (change.IsNowDown || (!now.IsUp && !_firstLook.Task.IsCompleted))
                LogNodeDown(now.Name, now.Address, now.Error ?? "unknown reason");
            if (change.IsNowUp || change.IsNowDown || change.IsRoleChanged)
                Raise(NodeChanged, change);
        }

        if (after.Master != before.Master && after.Master is not null)
            LogMaster(after.Master);
        if (_firstLook.Task.IsCompleted && after.Master is null && before.Master is not null)
            LogNoMaster();
    }

    [LoggerMessage(LogLevel.Warning, "No Redis node is configured: every look-up goes to the source. Set ConnectionStrings:redis-master.")]
    private partial void LogNoNodes();

    [LoggerMessage(LogLevel.Error, "Whoever is told of the Redis nodes has failed: the nodes are looked at all the same.")]
    private partial void LogListenerFailed(Exception failure);

    [LoggerMessage(LogLevel.Information, "{Node} at {Address} is up as {Role}.")]
    private partial void LogNodeUp(string node, string address, RedisRole role);

    [LoggerMessage(LogLevel.Warning, "{Node} at {Address} is down: {Reason}.")]
    private partial void LogNodeDown(string node, string address, string reason);

    [LoggerMessage(LogLevel.Information, "Writes go to {Node}.")]
    private partial void LogMaster(string node);

    [LoggerMessage(LogLevel.Warning, "There is no master: nothing is written to Redis until there is one.")]
    private partial void LogNoMaster();
}
