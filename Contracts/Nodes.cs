using System.Text.Json.Serialization;

namespace RedisAspire.Contracts;

/// <summary>One Redis node, as <c>GET /api/nodes</c> shows it.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Role"><c>master</c>, <c>replica</c> or <c>unknown</c>.</param>
/// <param name="Address">The address that it listens on.</param>
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
/// <param name="RunId">The id of this run of the server.</param>
/// <param name="SeenAt">When it last answered.</param>
/// <param name="KeysWithExpiry">How many keys have a time to live.</param>
/// <param name="OperationsPerSecond">Commands per second, as the node counts them.</param>
/// <param name="HitRatio">The share of reads that found their key, between the last two readings of the figures, five seconds apart; nothing without reads.</param>
/// <param name="EvictedKeys">How many keys were evicted to make room since the server started.</param>
/// <param name="ExpiredKeys">How many keys have expired since the server started.</param>
/// <param name="ConnectedClients">How many clients are connected.</param>
/// <param name="Memory">Its memory.</param>
/// <param name="Persistence">How it keeps its data on disk, and whether that works.</param>
/// <param name="Replication">Its part in the replication.</param>
/// <param name="Info">All fields of <c>INFO</c> by section, as of the last poll; only in the answer for one node.</param>
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
    bool IsReadNode,
    string? RunId = null,
    DateTimeOffset? SeenAt = null,
    long? KeysWithExpiry = null,
    long? OperationsPerSecond = null,
    double? HitRatio = null,
    long? EvictedKeys = null,
    long? ExpiredKeys = null,
    long? ConnectedClients = null,
    NodeMemory? Memory = null,
    RedisPersistence? Persistence = null,
    NodeReplication? Replication = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? Info = null) : TracedResponse;

/// <summary>The memory of a node.</summary>
/// <param name="UsedBytes">The memory it uses.</param>
/// <param name="PeakBytes">The most it ever used.</param>
/// <param name="MaximumBytes">The most it may use for data; 0 for no limit.</param>
/// <param name="Fragmentation">How much memory the system gave for each byte in use: far above 1 is fragmentation, below 1 is swapping.</param>
public sealed record NodeMemory(long? UsedBytes, long? PeakBytes, long? MaximumBytes, double? Fragmentation);

/// <summary>A node's part in the replication.</summary>
/// <param name="BacklogBytes">How much of the replication stream it keeps for replicas that were away.</param>
/// <param name="SecondsSinceMaster">On a replica, how long ago it last heard of its master.</param>
/// <param name="Replicas">On a master, its replicas as it sees them.</param>
public sealed record NodeReplication(long? BacklogBytes, double? SecondsSinceMaster, IReadOnlyList<RedisReplicaLink> Replicas);

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
    long? ChangesSinceSave);

/// <summary>A replica as its master sees it.</summary>
/// <param name="Address">The address that it follows from.</param>
/// <param name="State"><c>online</c> when it follows; otherwise how far its first synchronisation is.</param>
/// <param name="Offset">How many bytes of the replication stream it has acknowledged.</param>
/// <param name="LagSeconds">How long ago it did so, in seconds.</param>
public sealed record RedisReplicaLink(string Address, string State, long? Offset, long? LagSeconds);

/// <summary>A command in a node's slow log.</summary>
/// <param name="Id">Its number in the slow log.</param>
/// <param name="At">When it ran.</param>
/// <param name="Microseconds">How long it took the node, waiting and network not included.</param>
/// <param name="Arguments">The command and its arguments, cut off where they are long.</param>
/// <param name="ClientAddress">The address of the client.</param>
/// <param name="ClientName">The name of the client; empty when it has none.</param>
public sealed record RedisSlowCommand(
    long Id, DateTimeOffset At, long Microseconds, IReadOnlyList<string> Arguments, string ClientAddress, string ClientName);

/// <summary>How often a node has run a command since it started, and how long that took.</summary>
/// <param name="Command">The command, as <c>get</c> or <c>config|set</c>.</param>
/// <param name="Calls">How often it ran.</param>
/// <param name="Microseconds">How long all of that took.</param>
/// <param name="MicrosecondsPerCall">How long one took on average.</param>
/// <param name="Rejected">How often it was refused before it ran.</param>
/// <param name="Failed">How often it ended with an error.</param>
public sealed record RedisCommandUsage(string Command, long Calls, long Microseconds, double MicrosecondsPerCall, long Rejected, long Failed);

/// <summary>A connection to a node.</summary>
/// <param name="Id">Its number, which is never used again.</param>
/// <param name="Address">The address of the client.</param>
/// <param name="Name">The name of the client; empty when it has none.</param>
/// <param name="User">The ACL user.</param>
/// <param name="AgeSeconds">How long it has been there.</param>
/// <param name="IdleSeconds">How long it has been silent.</param>
/// <param name="Database">The database that it has chosen.</param>
/// <param name="Command">Its last command.</param>
/// <param name="Flags">Its flags as letters. See https://redis.io/docs/latest/commands/client-list/.</param>
/// <param name="IsReplica">Whether it is a replica of the node.</param>
/// <param name="IsTracking">Whether the node sends it invalidations.</param>
/// <param name="IsBroadcast">Whether it gets invalidations of all keys with its prefixes, also of keys that it has not read.</param>
public sealed record RedisClient(
    long Id,
    string Address,
    string Name,
    string User,
    long AgeSeconds,
    long IdleSeconds,
    int Database,
    string Command,
    string Flags,
    bool IsReplica,
    bool IsTracking,
    bool IsBroadcast);

/// <summary>The state of one sentinel.</summary>
/// <param name="Name">Its name in the configuration, for example <c>redis-sentinel-1</c>.</param>
/// <param name="Address">The address that it listens on, as <c>host:port</c>.</param>
/// <param name="Answers">Whether it answers.</param>
/// <param name="Error">Why it does not; <see langword="null"/> when it does.</param>
/// <param name="Master">The name of the node that it takes for the master; <see langword="null"/> when that is none of ours.</param>
/// <param name="MasterAddress">The address of the master by its word.</param>
/// <param name="Epoch">The configuration epoch: of two sentinels the one with the higher knows better.</param>
/// <param name="Quorum">How many sentinels have to take the master for down before it is replaced.</param>
/// <param name="OtherSentinels">How many other sentinels it knows.</param>
public sealed record RedisSentinelStatus(
    string Name,
    string Address,
    bool Answers,
    string? Error,
    string? Master,
    string? MasterAddress,
    long? Epoch,
    int? Quorum,
    int? OtherSentinels);

/// <summary>How long a node has been about to become the master.</summary>
/// <param name="ElapsedSeconds">How long that is.</param>
/// <param name="MaximumSeconds">How long it may be.</param>
public sealed record PromotionProgress(double ElapsedSeconds, double MaximumSeconds);
