using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Nodes;

/// <summary>One Redis node, as <c>GET /api/nodes</c> shows it.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Role"><c>master</c>, <c>replica</c> or <c>unknown</c>.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Status"><c>up</c> or <c>down</c>.</param>
/// <param name="Error">Why it is down.</param>
/// <param name="Keys">How many keys it holds.</param>
/// <param name="MemoryBytes">The memory it uses.</param>
/// <param name="UptimeSeconds">How long it has been running.</param>
/// <param name="Link">On a replica, <c>up</c> or <c>down</c>: its link to the master.</param>
/// <param name="ConnectedReplicas">On a master, how many replicas follow it.</param>
/// <param name="Offset">The replication offset, in bytes.</param>
/// <param name="LagBytes">On a replica, how many bytes it is behind the master.</param>
/// <param name="Version">The server's version.</param>
/// <param name="IsReadNode">Whether this node serves the cache's reads now.</param>
internal sealed record NodeResponse(
    string Name,
    string Role,
    string Address,
    string Status,
    string? Error,
    long? Keys,
    long? MemoryBytes,
    double? UptimeSeconds,
    string? Link,
    int? ConnectedReplicas,
    long? Offset,
    long? LagBytes,
    string? Version,
    bool IsReadNode)
{
    public static NodeResponse From(RedisNodeStatus node, RedisTopologySnapshot snapshot) => new(
        node.Name,
        node.Role switch { RedisRole.Master => "master", RedisRole.Replica => "replica", _ => "unknown" },
        node.Address,
        node.IsUp ? "up" : "down",
        node.Error,
        node.Keys,
        node.UsedMemoryBytes,
        node.Uptime?.TotalSeconds,
        node.IsLinkUp switch { true => "up", false => "down", null => null },
        node.ConnectedReplicas,
        node.Offset,
        node.LagBytes,
        node.Version,
        node.Name == snapshot.ReadNode);
}
