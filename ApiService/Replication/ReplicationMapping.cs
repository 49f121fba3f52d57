using RedisAspire.ApiService.Nodes;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Replication;

/// <summary>Turns what a replication check sees into what it reports.</summary>
internal static class ReplicationMapping
{
    extension(CheckedNode node)
    {
        public bool IsUp => node.Status == "up";
    }

    extension(ReplicaDelay replica)
    {
        public bool IsRead => replica.Status == "read";
    }

    public static CheckedNode ToCheckedNode(this RedisNodeStatus node, RedisNodeStatus? master) => new(
        node.Name,
        NodeWords.StatusOf(node),
        NodeWords.RoleOf(node),
        node.IsUp ? NodeWords.LinkOf(node) : null,
        node.IsUp ? node.Keys : null,
        node.IsUp ? node.Offset : null,
        node is { IsUp: true, Role: RedisRole.Replica } && master is { IsUp: true, Offset: { } written } && node.Offset is { } applied ? Math.Max(0, written - applied) : null);

    public static string Describe(this ReplicaDelay replica) =>
        replica.IsRead ? FormattableString.Invariant($"{replica.Node} had it after {replica.ReadableAfterMs} ms.") : $"{replica.Node}: {replica.Error}";

    public static WriteTiming ToTiming(int writes, TimeSpan elapsed) =>
        new(writes, Math.Round(elapsed.TotalMilliseconds, 3), elapsed > TimeSpan.Zero ? Math.Round(writes / elapsed.TotalSeconds) : 0);
}
