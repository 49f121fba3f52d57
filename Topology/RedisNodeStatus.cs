namespace RedisAspire.Topology;

/// <summary>What is known of one Redis node at one moment, read from its <c>INFO</c>.</summary>
/// <param name="Name">The node's name in the configuration, for example <c>redis-replica-1</c>.</param>
/// <param name="Address">Where it listens, as <c>host:port</c>.</param>
public sealed record RedisNodeStatus(string Name, string Address)
{
    /// <summary>Whether the node answers. A node that is still loading its data set does not.</summary>
    public bool IsUp { get; init; }

    /// <summary>Why it does not answer; <see langword="null"/> when it does.</summary>
    public string? Error { get; init; }

    /// <summary>The role it last had.</summary>
    public RedisRole Role { get; init; }

    /// <summary>The server's version, for example <c>7.0.15</c>.</summary>
    public string? Version { get; init; }

    /// <summary>How long the server has been running.</summary>
    public TimeSpan? Uptime { get; init; }

    /// <summary>The number of keys in database 0.</summary>
    public long? Keys { get; init; }

    /// <summary>How many of them have a time to live.</summary>
    public long? KeysWithExpiry { get; init; }

    /// <summary>The memory in use, in bytes.</summary>
    public long? UsedMemoryBytes { get; init; }

    /// <summary>On a replica, whether its link to the master is up.</summary>
    public bool? IsLinkUp { get; init; }

    /// <summary>On a master, how many replicas are connected.</summary>
    public int? ConnectedReplicas { get; init; }

    /// <summary>The replication offset: bytes of the replication stream written (master) or applied (replica).</summary>
    public long? Offset { get; init; }

    /// <summary>On a replica, how many bytes of the replication stream it is behind the master.</summary>
    public long? LagBytes { get; init; }

    /// <summary>When the node last answered.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>The most memory it may use for data, in bytes; 0 for no limit.</summary>
    public long? MaximumMemoryBytes { get; init; }

    /// <summary>Commands per second, as the node counts them.</summary>
    public long? OperationsPerSecond { get; init; }

    /// <summary>Reads of keys that were there, since all sections of <c>INFO</c> were read before.</summary>
    public long? Hits { get; init; }

    /// <summary>Reads of keys that were not there, since all sections of <c>INFO</c> were read before.</summary>
    public long? Misses { get; init; }

    /// <summary>How many clients are connected.</summary>
    public long? Clients { get; init; }

    /// <summary>How many keys were evicted to make room since the server started.</summary>
    public long? Evictions { get; init; }

    /// <summary>How many keys have expired since the server started.</summary>
    public long? Expirations { get; init; }

    /// <summary>The most memory that was ever in use, in bytes.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>How much memory the system gave for each byte in use: far above 1 is fragmentation, below 1 is swapping.</summary>
    public double? MemoryFragmentation { get; init; }

    /// <summary>How the node keeps its data on disk.</summary>
    public RedisPersistence? Persistence { get; init; }

    /// <summary>How much of the replication stream the node keeps for replicas that were away, in bytes.</summary>
    public long? BacklogBytes { get; init; }

    /// <summary>On a replica, how long ago it last heard of its master.</summary>
    public TimeSpan? MasterSilence { get; init; }

    /// <summary>On a master, its replicas as it sees them.</summary>
    public IReadOnlyList<RedisReplicaLink> Replicas { get; init; } = [];

    /// <summary>All fields of INFO, by section.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? Info
    {
        get
        {
            var sections = All?.Sections;
            foreach (var (name, fields) in Replication?.Sections ?? [])
                sections![name] = fields;
            return sections;
        }
    }

    /// <summary>How long the last <c>INFO</c> took.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>Whether the node may serve reads: it is up and, if a replica, in touch with its master.</summary>
    public bool CanRead => IsUp && (Role == RedisRole.Master || (Role == RedisRole.Replica && IsLinkUp == true));

    /// <summary>Identifies this run of the server.</summary>
    public string? RunId { get; init; }

    /// <summary>When the poll began that this comes from, as a timestamp.</summary>
    internal long PolledAt { get; init; }

    private long? AllHits { get; init; }

    private long? AllMisses { get; init; }

    // Identifies the data set that the node replicates, and with it a start or a change of roles.
    private string? ReplicationId { get; init; }

    // The last answer with all sections, and the last one with that of the replication alone, if it is newer.
    private RedisInfo? All { get; init; }

    private RedisInfo? Replication { get; init; }

    /// <summary>
    /// Reads <c>INFO replication</c>: whatever decides anything is of now, and the rest as it was when all sections were read.
    /// </summary>
    /// <returns>The status; <see langword="null"/> when the node may have started or changed its role, so that all sections are needed.</returns>
    internal RedisNodeStatus? ReadReplication(RedisInfo info, long started, TimeProvider time)
    {
        var status = ReadReplicationOf(info);
        return IsUp && Role != RedisRole.Unknown && status.Role == Role && status.IsLinkUp == IsLinkUp && IsLinkUp != false && status.ReplicationId == ReplicationId && !(status.Offset < Offset)
            ? status with { Replication = info, RoundTrip = time.GetElapsedTime(started), SeenAt = time.GetUtcNow(), PolledAt = started }
            : null;
    }

    private RedisNodeStatus ReadReplicationOf(RedisInfo info)
    {
        var role = info.Is("role", "master") ? RedisRole.Master : info.Is("role", "slave") ? RedisRole.Replica : RedisRole.Unknown;
        return this with
        {
            Role = role,
            ReplicationId = info.Is("master_replid", ReplicationId ?? "") ? ReplicationId : info.Text("master_replid"),
            IsLinkUp = role == RedisRole.Replica ? info.Is("master_link_status", "up") : null,
            ConnectedReplicas = role == RedisRole.Master ? (int?)info.Number("connected_slaves") : null,
            Offset = info.Number(role == RedisRole.Replica ? "slave_repl_offset" : "master_repl_offset"),
            BacklogBytes = info.Number("repl_backlog_histlen"),
            // -1 while it is not connected.
            MasterSilence = info.Number("master_last_io_seconds_ago") is { } silence and >= 0 ? RedisTime.Seconds(silence) : null,
            Replicas = RedisReplicaLink.ReadAll(info),
        };
    }

    /// <summary>Reads <c>INFO</c>. See https://redis.io/docs/latest/commands/info/.</summary>
    internal static RedisNodeStatus Read(RedisNodeStatus before, RedisInfo info, long started, TimeProvider time)
    {
        var isLoading = info.Number("loading") == 1;
        var (hits, misses) = (info.Number("keyspace_hits"), info.Number("keyspace_misses"));

        return new RedisNodeStatus(before.Name, before.Address).ReadReplicationOf(info) with
        {
            IsUp = !isLoading,
            Error = isLoading ? "is loading its data" : null,
            Version = info.Text("redis_version"),
            RunId = info.Text("run_id"),
            Uptime = info.Number("uptime_in_seconds") is { } seconds ? RedisTime.Seconds(seconds) : null,
            Keys = info.Part("db0", "keys") ?? 0,
            KeysWithExpiry = info.Part("db0", "expires") ?? 0,
            UsedMemoryBytes = info.Number("used_memory"),
            MaximumMemoryBytes = info.Number("maxmemory"),
            OperationsPerSecond = info.Number("instantaneous_ops_per_sec"),
            Hits = Since(before.AllHits, hits),
            Misses = Since(before.AllMisses, misses),
            AllHits = hits,
            AllMisses = misses,
            Clients = info.Number("connected_clients"),
            Evictions = info.Number("evicted_keys"),
            Expirations = info.Number("expired_keys"),
            PeakMemoryBytes = info.Number("used_memory_peak"),
            MemoryFragmentation = info.Fraction("mem_fragmentation_ratio"),
            Persistence = RedisPersistence.Read(info),
            All = info,
            RoundTrip = time.GetElapsedTime(started),
            SeenAt = time.GetUtcNow(),
            PolledAt = started,
        };
    }

    // A server that has restarted counts from zero.
    private static long? Since(long? before, long? now) => before is null || now < before ? null : now - before;
}

/// <summary>A node's role in the replication, as the node reports it.</summary>
public enum RedisRole
{
    /// <summary>The node has not answered yet.</summary>
    Unknown,

    /// <summary>The node takes writes.</summary>
    Master,

    /// <summary>The node follows a master and serves reads.</summary>
    Replica,
}

/// <summary>How a node keeps its data on disk, and whether that works.</summary>
/// <param name="IsLoading">Whether it is still reading its data after a start.</param>
/// <param name="IsAppendOnly">Whether every write goes to the append-only file.</param>
/// <param name="IsAppendOk">Whether the last write to the append-only file went well.</param>
/// <param name="IsRewriteOk">Whether the last rewrite of the append-only file went well.</param>
/// <param name="IsSaving">Whether a snapshot is being saved.</param>
/// <param name="IsSaveOk">Whether the last snapshot was saved well.</param>
/// <param name="SavedAt">When the last snapshot was saved; the start of the server when none was.</param>
/// <param name="ChangesSinceSave">How many writes there were since.</param>
public sealed record RedisPersistence(
    bool? IsLoading,
    bool? IsAppendOnly,
    bool? IsAppendOk,
    bool? IsRewriteOk,
    bool? IsSaving,
    bool? IsSaveOk,
    DateTimeOffset? SavedAt,
    long? ChangesSinceSave)
{
    internal static RedisPersistence Read(RedisInfo info) => new(
        info.Flag("loading"),
        info.Flag("aof_enabled"),
        info.IsOk("aof_last_write_status"),
        info.IsOk("aof_last_bgrewrite_status"),
        info.Flag("rdb_bgsave_in_progress"),
        info.IsOk("rdb_last_bgsave_status"),
        info.Number("rdb_last_save_time") is { } seconds ? RedisTime.UnixSeconds(seconds) : null,
        info.Number("rdb_changes_since_last_save"));
}

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
