namespace RedisAspire.Caching.Topology;

/// <summary>What happened to a node between two looks at it.</summary>
/// <param name="before">How it was.</param>
/// <param name="after">How it is.</param>
public sealed class RedisNodeChangedEventArgs(RedisNodeStatus before, RedisNodeStatus after) : EventArgs
{
    /// <summary>How the node was.</summary>
    public RedisNodeStatus Before { get; } = before;

    /// <summary>How the node is.</summary>
    public RedisNodeStatus After { get; } = after;

    /// <summary>Whether it has come.</summary>
    public bool IsNowUp => After.IsUp && !Before.IsUp;

    /// <summary>Whether it has gone.</summary>
    public bool IsNowDown => !After.IsUp && Before.IsUp;

    /// <summary>Whether it has another role.</summary>
    public bool IsRoleChanged => After.IsUp && After.Role != Before.Role;
}
