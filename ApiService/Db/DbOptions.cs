namespace RedisAspire.ApiService.Db;

/// <summary>How products are kept (<c>Db</c> in the configuration).</summary>
internal sealed class DbOptions
{
    /// <summary>How many replicas must have a write before it counts as durable. One by default.</summary>
    public int MinimumReplicas { get; set; } = 1;

    /// <summary>How long a write waits for them. 500 ms by default.</summary>
    public TimeSpan ReplicationTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a node may take to answer. Two seconds by default.</summary>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether an empty catalogue is filled with products at the start. It is by default.</summary>
    public bool Seed { get; set; } = true;
}
