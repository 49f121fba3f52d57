using StackExchange.Redis;

namespace RedisAspire.Topology;

/// <summary>Access to a particular node.</summary>
/// <param name="topology">Knows the nodes.</param>
public sealed class RedisNodes(RedisTopology topology)
{
    /// <summary>A node's commands. The connection is shared: nothing that blocks it may be sent.</summary>
    /// <param name="name">The node's name in the configuration.</param>
    /// <exception cref="KeyNotFoundException">There is no node of this name.</exception>
    /// <exception cref="RedisUnavailableException">The node is down.</exception>
    public IDatabase DatabaseOf(string name) => Find(name).Database;

    /// <summary>
    /// The same over a connection of its own, which is made when it is first asked for: its user may only read, so that the node
    /// itself refuses all else. Where none is configured (<see cref="RedisTopologyOptions.ReaderUser"/>), it is the application's connection.
    /// </summary>
    /// <param name="name">The node's name in the configuration.</param>
    /// <param name="cancellationToken">Ends the wait for the connection.</param>
    /// <exception cref="KeyNotFoundException">There is no node of this name.</exception>
    /// <exception cref="RedisUnavailableException">The node is down.</exception>
    public Task<IDatabase> ReadOnlyDatabaseOfAsync(string name, CancellationToken cancellationToken = default) =>
        Find(name).ConnectReaderAsync().WaitAsync(cancellationToken);

    private RedisNode Find(string name)
    {
        var node = topology.Nodes.FirstOrDefault(node => node.Name == name) ?? throw new KeyNotFoundException("There is no Redis node of this name.");
        return node.Status.IsUp ? node : throw new RedisUnavailableException($"{node.Name} is down.");
    }
}

/// <summary>What the client keeps apart from the commands about keys.</summary>
public static class RedisDatabaseExtensions
{
    /// <summary>The commands about the node as a whole, sent on the same connection. There is one: a connection knows no other node.</summary>
    /// <param name="database">The node's other commands.</param>
    public static IServer Server(this IDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        return database.Multiplexer.GetServers()[0];
    }
}
