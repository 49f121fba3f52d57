using System.Diagnostics.CodeAnalysis;
using StackExchange.Redis;

namespace RedisAspire.Caching.Topology;

/// <summary>
/// The node to ask for what need not be the latest: a replica where one can, else the master. While there is no master,
/// a replica that has lost it still tells what it knew.
/// </summary>
/// <param name="topology">Knows which node that is.</param>
public sealed class RedisReadNode(RedisTopology topology)
{
    /// <summary>The node's commands, if a node is up. The connection is shared: nothing that blocks it may be sent.</summary>
    /// <param name="database">The commands.</param>
    /// <param name="name">The node's name.</param>
    /// <returns>Whether a node is up.</returns>
    public bool TryGetDatabase([NotNullWhen(true)] out IDatabase? database, [NotNullWhen(true)] out string? name)
    {
        var node = topology.ReadNode ?? topology.Nodes.FirstOrDefault(node => node.Status.IsUp);
        database = node?.Database;
        name = node?.Name;
        return node is not null;
    }
}
