namespace RedisAspire.Web.Api;

/// <summary>One Redis node, as the API sees it.</summary>
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
public sealed record NodeResponse(
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
    /// <summary>Commands per second, as the node counts them.</summary>
    public long? OperationsPerSecond { get; init; }

    /// <summary>The share of reads that found their key, between the last two looks at the node; nothing when there were none.</summary>
    public double? HitRatio { get; init; }

    /// <summary>How many keys have a time to live.</summary>
    public long? KeysWithExpiry { get; init; }

    /// <summary>How many keys were evicted to make room since the server started.</summary>
    public long? EvictedKeys { get; init; }

    /// <summary>How many clients are connected.</summary>
    public long? ConnectedClients { get; init; }

    /// <summary>Its part in the replication.</summary>
    public NodeReplicationResponse? Replication { get; init; }

    /// <summary>Whether the node answers.</summary>
    public bool IsUp => Status == "up";
}
