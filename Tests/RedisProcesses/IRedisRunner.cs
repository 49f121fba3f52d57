namespace RedisAspire.RedisProcesses;

/// <summary>What nodes and sentinels run under.</summary>
internal interface IRedisRunner
{
    /// <summary>The process of a node or sentinel, as it is now; <see langword="null"/> when it has never been started.</summary>
    ManagedProcess? ProcessOf(RedisProcess member);

    /// <summary>Starts a node or sentinel that does not run, with what it had when it ended.</summary>
    /// <exception cref="LaunchException">It cannot be started.</exception>
    Task StartAsync(RedisProcess member);
}
