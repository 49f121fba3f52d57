using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace RedisAspire.Topology;

/// <summary>
/// Knows every Redis node and its state. One poller asks all of them; all other code reads its
/// <see cref="Snapshot"/>.
/// </summary>
public sealed partial class RedisTopology : BackgroundService, IAsyncDisposable
{
    // All sections of INFO are read at every fifth poll. A little less, because no interval is exact.
    private const double AllEvery = 4.9;

    // Nodes that answer slowly are not waited for longer than this before the others are shown.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    private readonly RedisTopologyOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisTopology> _logger;
    private readonly RedisNode[] _nodes;
    private readonly SentinelWatch _sentinels;
    private readonly TaskCompletionSource _firstPoll = new(TaskCreationOptions.RunContinuationsAsynchronously);
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
        _sentinels = new SentinelWatch(_options, _nodes, PollNow, time, logger);
        _snapshot = TakeSnapshot();
    }

    /// <summary>
    /// Raised on the poller for every node that has come, gone or changed its role: handlers must be quick, and their
    /// exceptions are logged.
    /// </summary>
    public event EventHandler<RedisNodeChangedEventArgs>? NodeChanged;

    /// <summary>Raised on the poller when there is a new <see cref="Snapshot"/>: handlers must be quick, and their exceptions are logged.</summary>
    internal event EventHandler<EventArgs>? SnapshotUpdated;

    /// <summary>The state of all nodes at the last poll.</summary>
    public RedisTopologySnapshot Snapshot => _snapshot;

    /// <summary>The state of the sentinels now.</summary>
    public IReadOnlyList<RedisSentinelStatus> SentinelStatuses => _sentinels.Statuses;

    /// <summary>The node that takes writes now, or <see langword="null"/>.</summary>
    internal RedisNode? Master => _master is { Status: { IsUp: true, Role: RedisRole.Master } } master ? master : null;

    /// <summary>Whether a node beside the master may serve reads, so that writes have to reach it first.</summary>
    internal bool HasReplicas => _nodes.Length > 1;

    internal IReadOnlyList<RedisNode> Nodes => _nodes;

    internal SentinelWatch Sentinels => _sentinels;

    /// <summary>
    /// The node that serves reads now, or <see langword="null"/>: the replica chosen by the last poll if it still
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

    /// <summary>Every snapshot, beginning with the present one. Snapshots that come while the caller is busy are skipped.</summary>
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
    internal bool IsStable(string node) => !_sentinels.IsFailingOver && (_sentinels.Master?.Name ?? _snapshot.Master) == node;

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
            PollNow();
            await Task.WhenAny(next, Task.Delay(_options.PollInterval, _time, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return true;
    }

    /// <summary>Polls all nodes now, without waiting for the next interval.</summary>
    internal void PollNow() => _wake.TrySetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (var node in _nodes)
            await node.DisposeAsync().ConfigureAwait(false);
        Dispose();
    }

    /// <summary>
    /// Begins to poll the nodes and waits until every one has answered or counts as down, so that the first request of a service
    /// that has just started finds them.
    /// </summary>
    /// <param name="cancellationToken">Ends the start.</param>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
        await Task.WhenAny(_firstPoll.Task, ExecuteTask!).WaitAsync(cancellationToken).ConfigureAwait(false);
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
            _firstPoll.TrySetCanceled(stoppingToken);
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
            if (_firstPoll.Task.IsCompleted)
                await all.WaitAsync(Grace, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            else
                await all.ConfigureAwait(false);
            Publish();

            // Until the next interval, only nodes that have not answered yet are waited for.
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
        Report(before, after);
        Raise(SnapshotUpdated, EventArgs.Empty);
        _firstPoll.TrySetResult();
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    // Two nodes may have the role of a master, for instance when an old one comes back. The sentinels decide; without
    // them it is the node that others follow, that was the master until now, or that has written more.
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

    // A handler that throws must not end the poller, and with it the host: the other handlers are called, and polling goes on.
    private void Raise<T>(EventHandler<T>? handlers, T e)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(this, e);
            }
            catch (Exception failure)
            {
                LogHandlerFailed(failure);
            }
        }
    }

    private RedisNode CreateNode(string name, string connectionString, IServiceProvider services)
    {
        var endpoint = RedisNodeEndpoint.Parse(name, connectionString);
        var peer = _options.PeerAddresses.TryGetValue(name, out var address) ? RedisPeerAddress.Parse(address) : new RedisPeerAddress(endpoint.Host, $"{endpoint.Port}");
        var isOwned = services.GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(typeof(IConnectionMultiplexer), name) != true;
        return new RedisNode(
            name, endpoint, peer,
            () => isOwned
                ? ConnectAsync(RedisConnectionDefaults.Apply(endpoint.Configuration.Clone()))
                // A client that the application has registered connects when it is resolved, and blocks its thread meanwhile.
                : Task.Run(() => services.GetRequiredKeyedService<IConnectionMultiplexer>(name)),
            () => ConnectAsync(RedisConnectionDefaults.ForOperator(endpoint.Configuration, _options.OperatorUser, _options.OperatorPassword)),
            string.IsNullOrEmpty(_options.ReaderUser) ? null : () => ConnectAsync(RedisConnectionDefaults.ForReader(endpoint.Configuration, _options.ReaderUser, _options.ReaderPassword)),
            isOwned, PollNow, AllEvery * _options.PollInterval, _time);

        static async Task<IConnectionMultiplexer> ConnectAsync(ConfigurationOptions settings) => await ConnectionMultiplexer.ConnectAsync(settings).ConfigureAwait(false);
    }

    private RedisTopologySnapshot TakeSnapshot() =>
        RedisTopologySnapshot.Of(Array.ConvertAll(_nodes, node => node.Status), Array.IndexOf(_nodes, _master), _snapshot?.ReadNode);

    private void Report(RedisTopologySnapshot before, RedisTopologySnapshot after)
    {
        for (var i = 0; i < after.Nodes.Count; i++)
        {
            var change = new RedisNodeChangedEventArgs(before.Nodes[i], after.Nodes[i]);
            var now = change.After;
            if (change.IsNowUp || change.IsRoleChanged)
                LogNodeUp(now.Name, now.Address, now.Role);
            else if (change.IsNowDown || (!now.IsUp && !_firstPoll.Task.IsCompleted))
                LogNodeDown(now.Name, now.Address, now.Error ?? "unknown reason");
            if (change.IsNowUp || change.IsNowDown || change.IsRoleChanged)
                Raise(NodeChanged, change);
        }

        if (after.Master != before.Master && after.Master is not null)
            LogMaster(after.Master);
        if (_firstPoll.Task.IsCompleted && after.Master is null && before.Master is not null)
            LogNoMaster();
    }

    [LoggerMessage(LogLevel.Warning, "No Redis node is configured: every look-up goes to the source. Set ConnectionStrings:redis-master.")]
    private partial void LogNoNodes();

    [LoggerMessage(LogLevel.Error, "A handler of changes to the Redis nodes has failed. The nodes are polled all the same.")]
    private partial void LogHandlerFailed(Exception failure);

    [LoggerMessage(LogLevel.Information, "{Node} at {Address} is up as {Role}.")]
    private partial void LogNodeUp(string node, string address, RedisRole role);

    [LoggerMessage(LogLevel.Warning, "{Node} at {Address} is down: {Reason}.")]
    private partial void LogNodeDown(string node, string address, string reason);

    [LoggerMessage(LogLevel.Information, "Writes go to {Node}.")]
    private partial void LogMaster(string node);

    [LoggerMessage(LogLevel.Warning, "There is no master: nothing is written to Redis until there is one.")]
    private partial void LogNoMaster();
}
