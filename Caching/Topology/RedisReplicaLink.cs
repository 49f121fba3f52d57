namespace RedisAspire.Caching.Topology;

/// <summary>A replica as its master sees it.</summary>
/// <param name="Address">The address that it follows from.</param>
/// <param name="State"><c>online</c> when it follows; otherwise how far its first synchronisation is.</param>
/// <param name="Offset">How many bytes of the replication stream it has acknowledged.</param>
/// <param name="LagSeconds">How long ago it did so, in seconds.</param>
public sealed record RedisReplicaLink(string Address, string State, long? Offset, long? LagSeconds)
{
    internal static IReadOnlyList<RedisReplicaLink> ReadAll(RedisInfo info) =>
    [
        .. info.StartingWith("slave")
            // Among fields such as slave_priority those of replicas are called slave0, slave1 and so on.
            .Where(field => RedisInfo.ToNumber(field.Key) is not null)
            .Select(field => Read(field.Value)),
    ];

    private static RedisReplicaLink Read(string value) => new(
        $"{RedisInfo.PartOf(value, "ip")}:{RedisInfo.PartOf(value, "port")}",
        RedisInfo.PartOf(value, "state") ?? "unknown",
        RedisInfo.ToNumber(RedisInfo.PartOf(value, "offset")),
        RedisInfo.ToNumber(RedisInfo.PartOf(value, "lag")));
}
