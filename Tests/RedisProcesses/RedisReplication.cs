using RedisAspire.Hosting;

namespace RedisAspire.RedisProcesses;

/// <summary>A Redis master, its replicas and the sentinels that watch them as local processes, on any free ports of loopback.</summary>
internal sealed class RedisReplication : IAsyncDisposable
{
    private readonly List<RedisServer> _nodes = [];
    private readonly List<RedisSentinel> _sentinels = [];

    private RedisReplication(string password) => Users = new RedisUsers(password);

    /// <summary>Who may do what on every node.</summary>
    public RedisUsers Users { get; }

    /// <summary>The node that started as the master.</summary>
    public RedisServer Master => _nodes[0];

    /// <summary>The nodes that started as replicas.</summary>
    public IEnumerable<RedisServer> Replicas => _nodes.Skip(1);

    /// <summary>All nodes, in the order of their names: <c>redis-master</c> first, whatever its role.</summary>
    public IReadOnlyList<RedisServer> Nodes => _nodes;

    /// <summary>All sentinels.</summary>
    public IReadOnlyList<RedisSentinel> Sentinels => _sentinels;

    /// <summary>All nodes and sentinels.</summary>
    public IEnumerable<RedisProcess> Processes => [.. _nodes, .. _sentinels];

    /// <summary>What a service needs to find nodes and sentinels, <c>ConnectionStrings__{name}</c>, and to make another node the master.</summary>
    public IEnumerable<KeyValuePair<string, string>> Environment =>
    [
        .. Processes.Select(process => new KeyValuePair<string, string>($"ConnectionStrings__{process.Name}", process.ConnectionString)),
        new("Redis__OperatorUser", Users.Operator.Name),
        new("Redis__OperatorPassword", Users.Operator.Password),
    ];

    /// <summary>
    /// Starts all nodes and waits until every replica is in touch with the master; then starts the sentinels and waits
    /// until each knows all nodes and all others.
    /// </summary>
    /// <exception cref="LaunchException">A process cannot be started.</exception>
    public static async Task<RedisReplication> StartAsync(RedisReplicationOptions options, ProcessGuardian guardian, CancellationToken cancellationToken)
    {
        var replication = new RedisReplication(options.Password);
        try
        {
            await replication.StartNodesAsync(options, guardian, cancellationToken);
            await replication.StartSentinelsAsync(options, guardian, cancellationToken);
            return replication;
        }
        catch
        {
            await replication.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Sentinels first, so that none of them promotes a replica because the master ends.
        await Task.WhenAll(_sentinels.Select(sentinel => sentinel.DisposeAsync().AsTask()));
        // Replicas before the master, so that none of them complains.
        await Task.WhenAll(_nodes.AsEnumerable().Reverse().Select(node => node.DisposeAsync().AsTask()));
    }

    private async Task StartNodesAsync(RedisReplicationOptions options, ProcessGuardian guardian, CancellationToken cancellationToken)
    {
        for (var i = 0; i <= options.Replicas; i++)
            _nodes.Add(new RedisServer(i == 0 ? "redis-master" : $"redis-replica-{i}", options.DataDirectory, Users, _nodes, guardian));

        foreach (var node in _nodes)
            await node.StartAsync(node == Master ? null : Master);
        await Task.WhenAll(_nodes.Select(node => node.WaitUntilReadyAsync(cancellationToken)));
    }

    private async Task StartSentinelsAsync(RedisReplicationOptions options, ProcessGuardian guardian, CancellationToken cancellationToken)
    {
        for (var i = 1; i <= options.Sentinels; i++)
            _sentinels.Add(new RedisSentinel($"redis-sentinel-{i}", options.DataDirectory, Users, options.Sentinels, guardian));

        foreach (var sentinel in _sentinels)
            await sentinel.StartAsync(Master.Place);
        await Task.WhenAll(_sentinels.Select(sentinel => sentinel.WaitUntilReadyAsync(options.Replicas, cancellationToken)));
        await Task.WhenAll(_sentinels.Select(sentinel => sentinel.LookOftenAsync()));
    }
}
