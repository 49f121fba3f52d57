namespace RedisAspire.Caching.Tracking;

/// <summary>Which reply a <see cref="TrackedRequest"/> waits for; those of a read in their order.</summary>
internal enum TrackedStep
{
    /// <summary>To <c>ROLE</c>.</summary>
    Role,

    /// <summary>To <c>GET</c>.</summary>
    Value,

    /// <summary>To <c>PTTL</c>.</summary>
    TimeToLive,

    /// <summary>To <c>PING</c>.</summary>
    Ping,
}
