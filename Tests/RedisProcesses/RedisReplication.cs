using RedisAspire.Hosting;

namespace RedisAspire.RedisProcesses;

/// <summary>A Redis master, its replicas and the sentinels that watch them as processes on loopback.</summary>
internal sealed class RedisReplication : IAsyncDisposable
{
    private readonly LocalRunner? _ours;

    /// <summary>Takes over processes that somebody else has started, and ends.</summary>
    /// <param name="users">Who may do what on every node.</param>
    /// <param name="nodes">Name and port of every node, the master first.</param>
    /// <param name="sentinels">Name and port of every sentinel.</param>
    /// <param name="runner">What they run under.</param>
    public RedisReplication(RedisUsers users, IEnumerable<(string Name, int Port)> nodes, IEnumerable<(string Name, int Port)> sentinels, IRedisRunner runner)
    {
        Users = users;
        Nodes = [.. nodes.Select(node => new RedisServer(node.Name, node.Port, users, runner))];
        Sentinels = [.. sentinels.Select(sentinel => new RedisSentinel(sentinel.Name, sentinel.Port, users, runner))];
    }

    private RedisReplication(RedisReplicationOptions options, ProcessGuardian guardian)
    {
        Users = new RedisUsers(options.Password);
        _ours = new LocalRunner(this, options.DataDirectory, guardian);
        Nodes = [.. Enumerable.Range(0, options.Replicas + 1).Select(i => new RedisServer(i == 0 ? "redis-master" : $"redis-replica-{i}", FreePorts.Take(preferred: null), Users, _ours))];
        Sentinels = [.. Enumerable.Range(1, options.Sentinels).Select(i => new RedisSentinel($"redis-sentinel-{i}", FreePorts.Take(preferred: null), Users, _ours))];
    }

    /// <summary>Who may do what on every node.</summary>
    public RedisUsers Users { get; }

    /// <summary>All nodes, in the order of their names: <c>redis-master</c> first, whatever its role.</summary>
    public IReadOnlyList<RedisServer> Nodes { get; }

    /// <summary>All sentinels.</summary>
    public IReadOnlyList<RedisSentinel> Sentinels { get; }

    /// <summary>The node that started as the master.</summary>
    public RedisServer Master => Nodes[0];

    /// <summary>The nodes that started as replicas.</summary>
    public IEnumerable<RedisServer> Replicas => Nodes.Skip(1);

    /// <summary>All nodes and sentinels.</summary>
    public IEnumerable<RedisProcess> Processes => [.. Nodes, .. Sentinels];

    /// <summary>What a service needs to find nodes and sentinels, <c>ConnectionStrings__{name}</c>, and to make another node the master and to read as a user that may do nothing else.</summary>
    public IEnumerable<KeyValuePair<string, string>> Environment =>
    [
        .. Processes.Select(process => new KeyValuePair<string, string>($"ConnectionStrings__{process.Name}", process.ConnectionString)),
        new("Redis__OperatorUser", Users.Operator.Name),
        new("Redis__OperatorPassword", Users.Operator.Password),
        new("Redis__ReaderUser", Users.Reader.Name),
        new("Redis__ReaderPassword", Users.Reader.Password),
    ];

    /// <summary>
    /// Starts all nodes and waits until every replica is in touch with the master; then starts the sentinels and waits
    /// until each knows all nodes and all others.
    /// </summary>
    /// <exception cref="LaunchException">A process cannot be started.</exception>
    public static async Task<RedisReplication> StartAsync(RedisReplicationOptions options, ProcessGuardian guardian, CancellationToken cancellationToken)
    {
        var redis = new RedisReplication(options, guardian);
        try
        {
            foreach (var node in redis.Nodes)
                await node.StartAsync();
            await Task.WhenAll(redis.Nodes.Select(node => node.WaitUntilReadyAsync(cancellationToken)));
            foreach (var sentinel in redis.Sentinels)
                await sentinel.StartAsync();
            await Task.WhenAll(redis.Sentinels.Select(sentinel => sentinel.WaitUntilReadyAsync(redis.Sentinels.Count - 1, options.Replicas, cancellationToken)));
            await Task.WhenAll(redis.Sentinels.Select(sentinel => sentinel.LookOftenAsync()));
            return redis;
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }
    }

    /// <summary>The configuration file of a process that was started here.</summary>
    /// <exception cref="InvalidOperationException">Somebody else has started it.</exception>
    public string ConfigurationPathOf(RedisProcess process) => _ours?.ConfigurationPathOf(process) ?? throw new InvalidOperationException($"{process.Name} is not ours.");

    /// <summary>Ends what was started here.</summary>
    public ValueTask DisposeAsync() => _ours?.DisposeAsync() ?? ValueTask.CompletedTask;
}
