namespace RedisAspire.RedisProcesses;

/// <summary>How many Redis processes to start, and how.</summary>
internal sealed record RedisReplicationOptions
{
    /// <summary>How many replicas follow the master.</summary>
    public int Replicas { get; init; } = 2;

    /// <summary>How many sentinels watch the nodes. Without any, a dead master is replaced by hand only.</summary>
    public int Sentinels { get; init; }

    /// <summary>The password of the services, at every node and sentinel.</summary>
    public required string Password { get; init; }

    /// <summary>Where every process keeps a directory of its own.</summary>
    public required string DataDirectory { get; init; }
}
