namespace RedisAspire.Caching.Topology;

/// <summary>What a node is in the replication, as it says itself.</summary>
public enum RedisRole
{
    /// <summary>The node has not answered yet.</summary>
    Unknown,

    /// <summary>The node takes writes.</summary>
    Master,

    /// <summary>The node follows a master and serves reads.</summary>
    Replica,
}
