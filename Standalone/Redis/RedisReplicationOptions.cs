namespace RedisAspire.Standalone.Redis;

/// <summary>How many Redis processes to start, and how.</summary>
internal sealed record RedisReplicationOptions
{
    /// <summary>How many replicas follow the master.</summary>
    public int Replicas { get; init; } = 3;

    /// <summary>The master's port; replicas take the ones after it. A busy port is passed over. 0 takes any.</summary>
    public int Port { get; init; } = 6379;

    /// <summary>The password of every node.</summary>
    public required string Password { get; init; }

    /// <summary>Where every node keeps a directory of its own.</summary>
    public required string DataDirectory { get; init; }
}
