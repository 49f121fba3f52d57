namespace RedisAspire.Standalone.Redis;

/// <summary>How many Redis processes to start, and how.</summary>
internal sealed record RedisReplicationOptions
{
    /// <summary>How many replicas follow the master.</summary>
    public int Replicas { get; init; } = 3;

    /// <summary>The master's port; replicas take the ones after it. A busy port is passed over. 0 takes any.</summary>
    public int Port { get; init; } = 6379;

    /// <summary>How many sentinels watch the nodes. Without any, a dead master is replaced by hand only.</summary>
    public int Sentinels { get; init; }

    /// <summary>The first sentinel's port; the others take the ones after it. A busy port is passed over. 0 takes any.</summary>
    public int SentinelPort { get; init; } = 26379;

    /// <summary>The password of the services, at every node and sentinel.</summary>
    public required string Password { get; init; }

    /// <summary>Where every process keeps a directory of its own.</summary>
    public required string DataDirectory { get; init; }
}
