namespace RedisAspire.Topology;

/// <summary>All nodes at one moment.</summary>
/// <param name="TakenAt">When the snapshot was taken.</param>
/// <param name="Nodes">Every configured node, in the order of the configuration.</param>
/// <param name="Master">The name of the node that takes writes; <see langword="null"/> when none does.</param>
/// <param name="ReadNode">The name of the node that serves reads; <see langword="null"/> when none can.</param>
public sealed record RedisTopologySnapshot(
    DateTimeOffset TakenAt,
    IReadOnlyList<RedisNodeStatus> Nodes,
    string? Master,
    string? ReadNode);

/// <summary>What happened to a node between two looks at it.</summary>
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
