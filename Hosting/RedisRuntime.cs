namespace Aspire.Hosting.ApplicationModel;

/// <summary>What Redis nodes and sentinels run as.</summary>
public enum RedisRuntime
{
    /// <summary>Containers.</summary>
    Container,

    /// <summary><c>redis-server</c> processes on loopback.</summary>
    Process,
}
