using System.Text.Json.Serialization;
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
    // Where they are is nobody's business here.
    private static readonly string[] Paths = ["executable", "config_file"];

    /// <summary>What tells this run of the server from every other.</summary>
    public string? RunId { get; init; }

    /// <summary>When it last answered.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>How many keys have a time to live.</summary>
    public long? KeysWithExpiry { get; init; }

    /// <summary>Commands per second, as the node counts them.</summary>
    public long? OperationsPerSecond { get; init; }

    /// <summary>The share of reads that found their key, between the last two looks at the node; nothing when there were none.</summary>
    public double? HitRatio { get; init; }

    /// <summary>How many keys were evicted to make room since the server started.</summary>
    public long? EvictedKeys { get; init; }

    /// <summary>How many keys have expired since the server started.</summary>
    public long? ExpiredKeys { get; init; }

    /// <summary>How many clients are connected.</summary>
    public long? ConnectedClients { get; init; }

    /// <summary>Its memory.</summary>
    public NodeMemory? Memory { get; init; }

    /// <summary>How it keeps its data on disk, and whether that works.</summary>
    public RedisPersistence? Persistence { get; init; }

    /// <summary>Its part in the replication.</summary>
    public NodeReplication? Replication { get; init; }

    /// <summary>Of a node asked for by its name, all fields of <c>INFO</c> by section, as last seen.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? Info { get; init; }

    public static NodeResponse From(RedisNodeStatus node, RedisTopologySnapshot snapshot) => new(
        node.Name,
        NodeWords.RoleOf(node),
        node.Address,
        NodeWords.StatusOf(node),
        node.Error,
        node.Keys,
        node.UsedMemoryBytes,
        node.Uptime?.TotalSeconds,
        NodeWords.LinkOf(node),
        node.ConnectedReplicas,
        node.Offset,
        node.LagBytes,
        node.Version,
        node.Name == snapshot.ReadNode)
    {
        RunId = node.RunId,
        SeenAt = node.SeenAt,
        KeysWithExpiry = node.KeysWithExpiry,
        OperationsPerSecond = node.OperationsPerSecond,
        HitRatio = node is { Hits: { } hits, Misses: { } misses } && hits + misses > 0 ? Math.Round((double)hits / (hits + misses), 4) : null,
        EvictedKeys = node.Evictions,
        ExpiredKeys = node.Expirations,
        ConnectedClients = node.Clients,
        Memory = new NodeMemory(node.UsedMemoryBytes, node.PeakMemoryBytes, node.MaximumMemoryBytes, node.MemoryFragmentation),
        Persistence = node.Persistence,
        Replication = new NodeReplication(node.BacklogBytes, node.MasterSilence?.TotalSeconds, node.Replicas),
    };

    /// <summary>The same with all that the node told of itself.</summary>
    public static NodeResponse WithInfo(RedisNodeStatus node, RedisTopologySnapshot snapshot) => From(node, snapshot) with
    {
        Info = node.Info?.ToDictionary(
            section => section.Key,
            section => (IReadOnlyDictionary<string, string>)section.Value
                .Where(field => !Paths.Contains(field.Key, StringComparer.Ordinal))
                .ToDictionary(StringComparer.Ordinal),
            StringComparer.Ordinal),
    };
}
