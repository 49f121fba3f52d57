using RedisAspire.ApiService.Nodes;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Replication;

/// <summary>A node in the comparison of all nodes.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Status"><c>up</c> or <c>down</c>.</param>
/// <param name="Role"><c>master</c>, <c>replica</c> or <c>unknown</c>.</param>
/// <param name="Link">On a replica, <c>up</c> or <c>down</c>: its link to the master.</param>
/// <param name="Keys">How many keys it holds.</param>
/// <param name="Offset">Its replication offset, in bytes.</param>
/// <param name="LagBytes">On a replica, how many bytes it is behind the master.</param>
internal sealed record CheckedNode(string Name, string Status, string Role, string? Link, long? Keys, long? Offset, long? LagBytes)
{
    internal bool IsUp => Status == "up";

    public static CheckedNode Of(RedisNodeStatus node, RedisNodeStatus? master) => new(
        node.Name,
        NodeWords.StatusOf(node),
        NodeWords.RoleOf(node),
        node.IsUp ? NodeWords.LinkOf(node) : null,
        node.IsUp ? node.Keys : null,
        node.IsUp ? node.Offset : null,
        node is { IsUp: true, Role: RedisRole.Replica } && master is { IsUp: true, Offset: { } written } && node.Offset is { } applied ? Math.Max(0, written - applied) : null);
}
