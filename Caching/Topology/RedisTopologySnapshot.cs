namespace RedisAspire.Caching.Topology;

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
