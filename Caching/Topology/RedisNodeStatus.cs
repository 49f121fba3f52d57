namespace RedisAspire.Caching.Topology;

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

    /// <summary>How long the last <c>INFO</c> took.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>Whether the node may serve reads: it is up and, if a replica, in touch with its master.</summary>
    public bool CanRead => IsUp && (Role == RedisRole.Master || (Role == RedisRole.Replica && IsLinkUp == true));
}
