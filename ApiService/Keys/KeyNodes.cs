using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Keys;

/// <summary>Finds the node that a request is for.</summary>
internal sealed class KeyNodes(RedisTopology topology, RedisNodes nodes)
{
    /// <summary>The node that takes writes now.</summary>
    /// <exception cref="RedisUnavailableException">No master is up.</exception>
    public KeyNode Master => Find(topology.Snapshot.Master ?? throw new RedisUnavailableException("No Redis master is up."));

    /// <summary>A node; the master when none is named, so that everybody sees what has just been written.</summary>
    /// <exception cref="KeyNotFoundException">There is no node of this name.</exception>
    /// <exception cref="RedisUnavailableException">The node is down.</exception>
    public KeyNode Find(string? name) => name is null ? Master : new KeyNode(name, nodes.DatabaseOf(name));
}
