namespace RedisAspire.ApiService.Nodes;

/// <summary>Maps the state of nodes and sentinels to the answers of the API.</summary>
internal static class NodeMapping
{
    // Paths of the machine are not shown.
    private static readonly string[] Paths = ["executable", "config_file"];

    public static NodeResponse[] ToResponses(this RedisTopologySnapshot snapshot) => [.. snapshot.Nodes.Select(node => node.ToResponse(snapshot))];

    public static NodeResponse ToResponse(this RedisNodeStatus node, RedisTopologySnapshot snapshot) => new(
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
        Persistence = node.Persistence is { } persistence ? ToContract(persistence) : null,
        Replication = new NodeReplication(node.BacklogBytes, node.MasterSilence?.TotalSeconds, [.. node.Replicas.Select(ToContract)]),
    };

    public static NodeResponse ToResponseWithInfo(this RedisNodeStatus node, RedisTopologySnapshot snapshot) => node.ToResponse(snapshot) with
    {
        Info = node.Info?.ToDictionary(
            section => section.Key,
            section => (IReadOnlyDictionary<string, string>)section.Value
                .Where(field => !Paths.Contains(field.Key, StringComparer.Ordinal))
                .ToDictionary(StringComparer.Ordinal),
            StringComparer.Ordinal),
    };

    public static Contracts.RedisSlowCommand ToContract(this Topology.RedisSlowCommand command) =>
        new(command.Id, command.At, command.Microseconds, command.Arguments, command.ClientAddress, command.ClientName);

    public static Contracts.RedisCommandUsage ToContract(this Topology.RedisCommandUsage usage) =>
        new(usage.Command, usage.Calls, usage.Microseconds, usage.MicrosecondsPerCall, usage.Rejected, usage.Failed);

    public static Contracts.RedisClient ToContract(this Topology.RedisClient client) => new(
        client.Id,
        client.Address,
        client.Name,
        client.User,
        client.AgeSeconds,
        client.IdleSeconds,
        client.Database,
        client.Command,
        client.Flags,
        client.IsReplica,
        client.IsTracking,
        client.IsBroadcast);

    public static Contracts.RedisSentinelStatus ToContract(this Topology.RedisSentinelStatus sentinel) => new(
        sentinel.Name,
        sentinel.Address,
        sentinel.Answers,
        sentinel.Error,
        sentinel.Master,
        sentinel.MasterAddress,
        sentinel.Epoch,
        sentinel.Quorum,
        sentinel.OtherSentinels);

    private static Contracts.RedisReplicaLink ToContract(Topology.RedisReplicaLink replica) =>
        new(replica.Address, replica.State, replica.Offset, replica.LagSeconds);

    private static Contracts.RedisPersistence ToContract(Topology.RedisPersistence persistence) => new(
        persistence.IsLoading,
        persistence.IsAppendOnly,
        persistence.IsAppendOk,
        persistence.IsRewriteOk,
        persistence.IsSaving,
        persistence.IsSaveOk,
        persistence.SavedAt,
        persistence.ChangesSinceSave);
}

internal static class NodeWords
{
    public static string StatusOf(RedisNodeStatus node) => node.IsUp ? "up" : "down";

    public static string RoleOf(RedisNodeStatus node) => node.Role switch { RedisRole.Master => "master", RedisRole.Replica => "replica", _ => "unknown" };

    public static string? LinkOf(RedisNodeStatus node) => node.IsLinkUp switch { true => "up", false => "down", null => null };
}
