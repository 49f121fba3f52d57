namespace RedisAspire.Topology;

/// <summary>All nodes at one moment.</summary>
/// <param name="Nodes">Every configured node, in the order of the configuration.</param>
/// <param name="Master">The name of the node that takes writes; <see langword="null"/> when none does.</param>
/// <param name="ReadNode">The name of the node that serves reads; <see langword="null"/> when none can.</param>
public sealed record RedisTopologySnapshot(IReadOnlyList<RedisNodeStatus> Nodes, string? Master, string? ReadNode)
{
    /// <summary>Computes the lag of the replicas, and chooses the read node: the one until now, while it can serve reads. A negative index is no master.</summary>
    internal static RedisTopologySnapshot Of(RedisNodeStatus[] nodes, int masterIndex, string? readNode)
    {
        var master = masterIndex < 0 ? null : nodes[masterIndex];
        if (master?.Offset is { } written)
        {
            nodes = Array.ConvertAll(nodes, node => node.Role == RedisRole.Replica && node.Offset is { } applied
                ? node with { LagBytes = Math.Max(0, written - applied) }
                : node);
        }

        var best = nodes.Where(node => node.CanRead && node.Role == RedisRole.Replica)
            .OrderByDescending(node => node.Name == readNode)
            .ThenBy(node => node.LagBytes ?? long.MaxValue)
            .ThenBy(node => node.RoundTrip)
            .FirstOrDefault() ?? (master?.CanRead == true ? master : null);

        return new RedisTopologySnapshot(nodes, master?.Name, best?.Name);
    }
}

/// <summary>What happened to a node between two polls.</summary>
/// <param name="before">How it was.</param>
/// <param name="after">How it is.</param>
public sealed class RedisNodeChangedEventArgs(RedisNodeStatus before, RedisNodeStatus after) : EventArgs
{
    /// <summary>How the node was.</summary>
    public RedisNodeStatus Before { get; } = before;

    /// <summary>How the node is.</summary>
    public RedisNodeStatus After { get; } = after;

    /// <summary>Whether it has come.</summary>
    public bool IsNowUp => After.IsUp && !Before.IsUp;

    /// <summary>Whether it has gone.</summary>
    public bool IsNowDown => !After.IsUp && Before.IsUp;

    /// <summary>Whether it has another role.</summary>
    public bool IsRoleChanged => After.IsUp && After.Role != Before.Role;
}
