using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace RedisAspire.Caching.Topology;

/// <summary>
/// Knows every Redis node and its state. One poller looks at all of them; everybody else reads its
/// <see cref="Snapshot"/>.
/// </summary>
public sealed partial class RedisTopology : BackgroundService, IAsyncDisposable
{
    private readonly RedisTopologyOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisTopology> _logger;
    private readonly RedisNode[] _nodes;
    private readonly TaskCompletionSource _firstLook = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile RedisTopologySnapshot _snapshot;

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
        _snapshot = TakeSnapshot();
    }

    /// <summary>Raised after every look at the nodes, on the poller: what it calls must be quick and must not throw.</summary>
    internal event EventHandler? Looked;

    /// <summary>The last look at all nodes.</summary>
    public RedisTopologySnapshot Snapshot => _snapshot;

    /// <summary>Completes when every node has been looked at once.</summary>
    public Task Ready => _firstLook.Task;

    /// <summary>The node that takes writes now, or <see langword="null"/>.</summary>
    internal RedisNode? Master => _nodes.FirstOrDefault(node => node.Status is { IsUp: true, Role: RedisRole.Master });

    /// <summary>Whether a node beside the master may serve reads, so that writes have to reach it first.</summary>
    internal bool HasReplicas => _nodes.Length > 1;

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
                if (!node.Status.CanRead)
                    continue;
                if (node.Name == chosen)
                    return node;
                if (best is null || best.Status.Role == RedisRole.Master)
                    best = node;
            }

            return best;
        }
    }

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

        using var timer = new PeriodicTimer(_options.PollInterval, _time);
        try
        {
            do
            {
                var before = _snapshot;
                await Task.WhenAll(_nodes.Select(node => node.PollAsync(_options.PollTimeout, stoppingToken))).ConfigureAwait(false);
                _snapshot = TakeSnapshot();
                LogChanges(before, _snapshot);
                Looked?.Invoke(this, EventArgs.Empty);
                _firstLook.TrySetResult();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _firstLook.TrySetCanceled(stoppingToken);
        }
    }

    private static RedisNode CreateNode(string name, string connectionString, IServiceProvider services)
    {
        var endpoint = RedisNodeEndpoint.Parse(connectionString);
        if (services.GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(typeof(IConnectionMultiplexer), name) == true)
            return new RedisNode(name, endpoint, ownsConnection: false, () => Task.FromResult(services.GetRequiredKeyedService<IConnectionMultiplexer>(name)));

        var options = RedisConnectionDefaults.Apply(ConfigurationOptions.Parse(connectionString));
        return new RedisNode(name, endpoint, ownsConnection: true, async () => await ConnectionMultiplexer.ConnectAsync(options).ConfigureAwait(false));
    }

    private RedisTopologySnapshot TakeSnapshot()
    {
        var nodes = Array.ConvertAll(_nodes, node => node.Status);
        var master = nodes.FirstOrDefault(node => node is { IsUp: true, Role: RedisRole.Master });
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

    private void LogChanges(RedisTopologySnapshot before, RedisTopologySnapshot after)
    {
        for (var i = 0; i < after.Nodes.Count; i++)
        {
            var (was, now) = (before.Nodes[i], after.Nodes[i]);
            if (now.IsUp && (!was.IsUp || was.Role != now.Role))
                LogNodeUp(now.Name, now.Address, now.Role);
            else if (!now.IsUp && (was.IsUp || !_firstLook.Task.IsCompleted))
                LogNodeDown(now.Name, now.Address, now.Error ?? "unknown reason");
        }
    }

    [LoggerMessage(LogLevel.Warning, "No Redis node is configured: every look-up goes to the source. Set ConnectionStrings:redis-master.")]
    private partial void LogNoNodes();

    [LoggerMessage(LogLevel.Information, "{Node} at {Address} is up as {Role}.")]
    private partial void LogNodeUp(string node, string address, RedisRole role);

    [LoggerMessage(LogLevel.Warning, "{Node} at {Address} is down: {Reason}.")]
    private partial void LogNodeDown(string node, string address, string reason);
}
