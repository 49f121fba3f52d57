using RedisAspire.Hosting;

namespace RedisAspire.AppHost.Publishing;

/// <summary>The health probes and memory limits of nodes and sentinels.</summary>
internal static class RedisProbes
{
    // The password is in the environment, as REDISCLI_AUTH.
    private const string NodeReady = "redis-cli -p 6379 info replication | grep -q -e role:master -e master_link_status:up";
    private const string SentinelReady = "redis-cli -p 26379 ping | grep -q PONG";

    /// <summary>A shell command that succeeds while it does its work. A replica whose link is down answers, but is not ready.</summary>
    public static string ReadyCommand(this RedisMember member) => member.IsSentinel ? SentinelReady : NodeReady;

    /// <summary>A shell command that succeeds unless it has to be started again.</summary>
    public static string AliveCommand(this RedisMember member) =>
        $"redis-cli -p {(member.IsSentinel ? 26379 : 6379)} ping | grep -q -e PONG -e LOADING -e MASTERDOWN";

    /// <summary>The limit of its memory in megabytes. A node may need twice its maxmemory while it rewrites its append-only file.</summary>
    public static int MemoryLimit(this RedisMember member) => member.IsSentinel ? 64 : 512;

    /// <summary>All nodes and sentinels of an application, as containers.</summary>
    public static IEnumerable<(IResourceBuilder<ContainerResource> Container, RedisMember Member)> RedisContainers(this IDistributedApplicationBuilder builder) =>
        builder.Resources.OfType<RedisReplicationResource>().SelectMany(redis => redis.Members)
            .Select(member => (builder.CreateResourceBuilder((ContainerResource)(IResource)member.Resource), member));
}
