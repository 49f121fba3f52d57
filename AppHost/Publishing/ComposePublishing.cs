using Aspire.Hosting.Docker.Resources;
using Aspire.Hosting.Docker.Resources.ServiceNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes.Swarm;

namespace RedisAspire.AppHost.Publishing;

/// <summary>Configures Aspire's publisher for Docker Compose.</summary>
internal static class ComposePublishing
{
    private const string Healthy = "service_healthy";

    /// <summary>Has <c>--operation publish</c> write a Compose file.</summary>
    public static void AddCompose(this IDistributedApplicationBuilder builder)
    {
        builder.AddDockerComposeEnvironment("compose").ConfigureComposeFile(Complete);
        foreach (var (container, member) in builder.RedisContainers().ToArray())
        {
            container.PublishAsDockerComposeService((_, service) =>
            {
                service.Healthcheck = new Healthcheck { Test = ["CMD-SHELL", member.ReadyCommand()], Interval = "5s", Timeout = "3s", Retries = 3, StartPeriod = "5s" };
                service.Deploy = new Deploy { Resources = new() { Limits = new ResourceSpec { Memory = $"{member.MemoryLimit()}M" } } };
            });
        }
    }

    private static void Complete(ComposeFile file)
    {
        foreach (var service in file.Services.Values)
            service.Restart ??= "unless-stopped";
        // With a health check, other services can wait until a service is healthy, not only until it has started.
        foreach (var (name, dependency) in file.Services.Values.SelectMany(service => service.DependsOn))
        {
            if (file.Services.TryGetValue(name, out var needed) && needed.Healthcheck is not null)
                dependency.Condition = Healthy;
        }
    }
}
