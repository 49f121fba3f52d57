using Aspire.Hosting.Docker.Resources.ServiceNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes.Swarm;

namespace RedisAspire.AppHost.RedisReplication;

/// <summary>What nodes and sentinels need under Docker Compose.</summary>
internal static class RedisComposeExtensions
{
    /// <summary>Adds a health check and limits to what is published.</summary>
    public static IResourceBuilder<T> WithComposeService<T>(this IResourceBuilder<T> container, RedisReplicationResource redis, RedisMember member)
        where T : ContainerResource => container.PublishAsDockerComposeService((_, service) =>
        {
            service.Restart = "unless-stopped";
            service.Healthcheck = new Healthcheck { Test = ["CMD-SHELL", RedisProbes.ReadyCommand(member)], Interval = "5s", Timeout = "3s", Retries = 3, StartPeriod = "5s" };
            if (RedisProbes.MemoryLimitMegabytes(redis, member) is { } limit)
                service.Deploy = new Deploy { Resources = new() { Limits = new ResourceSpec { Memory = $"{limit}M" } } };
        });
}
