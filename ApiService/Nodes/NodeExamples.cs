namespace RedisAspire.ApiService.Nodes;

/// <summary>Example answers of the nodes' endpoints, for the OpenAPI document.</summary>
internal static class NodeExamples
{
    private static readonly DateTimeOffset Moment = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public static NodeResponse Master { get; } = new(
        "redis-master", "master", "127.0.0.1:6379", "up", null, 57, 1_482_752, 3600, null, 1, 98_304, null, "7.0.15", false)
    {
        RunId = "d1b2c3d4e5f60718293a4b5c6d7e8f9001122334",
        SeenAt = Moment,
        KeysWithExpiry = 7,
        OperationsPerSecond = 840,
        HitRatio = 0.9714,
        EvictedKeys = 0,
        ExpiredKeys = 312,
        ConnectedClients = 9,
        Memory = new NodeMemory(1_482_752, 1_611_776, 268_435_456, 1.42),
        Persistence = new Contracts.RedisPersistence(false, true, true, true, false, true, Moment.AddMinutes(-3), 12),
        Replication = new NodeReplication(98_304, null, [new Contracts.RedisReplicaLink("127.0.0.1:6380", "online", 98_304, 0)]),
    };

    public static NodeResponse Replica { get; } = Master with
    {
        Name = "redis-replica-1",
        Role = "replica",
        Address = "127.0.0.1:6380",
        Link = "up",
        ConnectedReplicas = null,
        LagBytes = 0,
        IsReadNode = true,
        RunId = "0f1e2d3c4b5a69788796a5b4c3d2e1f001234567",
        Replication = new NodeReplication(98_304, 0, []),
    };

    public static NodeResponse ReplicaWithInfo { get; } = Replica with
    {
        Info = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal)
        {
            ["replication"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["role"] = "slave", ["master_link_status"] = "up" },
        },
    };

    public static Contracts.RedisSlowCommand[] SlowCommands { get; } =
        [new(14, Moment, 12_480, ["SCAN", "0", "COUNT", "100000"], "127.0.0.1:52114", "RedisAspire")];

    public static Contracts.RedisCommandUsage[] Commands { get; } =
        [new("get", 81_204, 162_408, 2.0, 0, 0), new("config|get", 12, 480, 40.0, 1, 0)];

    public static Contracts.RedisClient[] Clients { get; } =
        [new(7, "127.0.0.1:52114", "RedisAspire-tracking", "default", 3_541, 0, 0, "get", "t", IsReplica: false, IsTracking: true, IsBroadcast: false)];

    public static Dictionary<string, string> Settings { get; } = new(StringComparer.Ordinal)
    {
        ["appendonly"] = "yes",
        ["maxmemory"] = "268435456",
        ["maxmemory-policy"] = "volatile-lru",
    };

    public static Contracts.RedisSentinelStatus[] Sentinels { get; } =
        [new("redis-sentinel-1", "127.0.0.1:26379", Answers: true, Error: null, "redis-master", "127.0.0.1:6379", Epoch: 0, Quorum: 2, OtherSentinels: 2)];
}
