using RedisAspire.Standalone.Processes;

namespace RedisAspire.Standalone.Redis;

/// <summary>A Redis master and its replicas as local processes, on loopback only.</summary>
internal sealed class RedisReplication : IAsyncDisposable
{
    private RedisReplication(IReadOnlyList<RedisServer> nodes) => Nodes = nodes;

    /// <summary>The node that starts as the master.</summary>
    public RedisServer Master => Nodes[0];

    /// <summary>The nodes that start as replicas.</summary>
    public IEnumerable<RedisServer> Replicas => Nodes.Skip(1);

    /// <summary>All nodes, the master first.</summary>
    public IReadOnlyList<RedisServer> Nodes { get; }

    /// <summary>What a service needs to find the nodes: <c>ConnectionStrings__{node}</c>.</summary>
    public IEnumerable<KeyValuePair<string, string>> Environment =>
        Nodes.Select(node => new KeyValuePair<string, string>($"ConnectionStrings__{node.Name}", node.ConnectionString));

    /// <summary>Starts all nodes and waits until every replica is in touch with the master.</summary>
    /// <exception cref="LaunchException">A node cannot be started.</exception>
    public static async Task<RedisReplication> StartAsync(
        RedisReplicationOptions options, ProcessGuardian guardian, LaunchLog log, CancellationToken cancellationToken)
    {
        var nodes = new List<RedisServer>();
        var replication = new RedisReplication(nodes);
        try
        {
            for (var i = 0; i <= options.Replicas; i++)
            {
                var name = i == 0 ? "redis-master" : $"redis-replica-{i}";
                var wanted = options.Port == 0 ? 0 : options.Port + i;
                var port = Ports.Take(wanted == 0 ? 0 : Math.Max(wanted, nodes.Count == 0 ? 0 : nodes[^1].Port + 1));
                if (wanted != 0 && port != wanted)
                    log.Say($"Port {wanted} is busy: {name} listens on {port}.");
                nodes.Add(new RedisServer(name, port, options.DataDirectory, options.Password, i == 0 ? null : nodes[0], guardian, log));
            }

            foreach (var node in nodes)
                await node.StartAsync();
            await Task.WhenAll(nodes.Select(node => node.WaitUntilReadyAsync(cancellationToken)));
            return replication;
        }
        catch
        {
            await replication.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() =>
        // Replicas first, so that none of them complains about its master.
        await Task.WhenAll(Nodes.Reverse().Select(node => node.DisposeAsync().AsTask()));
}
