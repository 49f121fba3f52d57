using Aspire.Hosting.Docker.Resources;
using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;

namespace RedisAspire.AppHost.Publishing;

/// <summary>What the application is published for.</summary>
internal static class PublishingExtensions
{
    /// <summary>The setting that decides: <c>compose</c>, which is the default, or <c>kubernetes</c>.</summary>
    public const string Setting = "Publish:Target";

    private const string Healthy = "service_healthy";

    /// <summary>Has <c>aspire publish</c> write a Docker Compose file, or a Helm chart for Kubernetes.</summary>
    /// <param name="builder">The application.</param>
    /// <returns>The application.</returns>
    /// <exception cref="DistributedApplicationException">The setting is neither.</exception>
    public static IDistributedApplicationBuilder AddPublishTarget(this IDistributedApplicationBuilder builder)
    {
        switch (builder.Configuration[Setting])
        {
            case "compose" or null:
                builder.AddDockerComposeEnvironment("compose").ConfigureComposeFile(Complete);
                break;
            case "kubernetes":
                // With the data of the nodes on claims rather than in directories that end with the pod.
                builder.AddKubernetesEnvironment("kubernetes").WithProperties(environment => environment.DefaultStorageType = "pvc");
                break;
            case var other:
                throw new DistributedApplicationException($"{Setting} must be 'compose' or 'kubernetes', not '{other}'.");
        }

        return builder;
    }

    /// <summary>Has Kubernetes ask a service for its health, as the dashboard does.</summary>
    /// <param name="service">The service.</param>
    /// <returns>The service.</returns>
    public static IResourceBuilder<ProjectResource> WithPublishedProbes(this IResourceBuilder<ProjectResource> service) =>
        service.ApplicationBuilder.Resources.OfType<KubernetesEnvironmentResource>().Any()
            ? service.PublishAsKubernetesService(kubernetes =>
            {
                var container = kubernetes.Workload!.PodTemplate.Spec.Containers[0];
                container.ReadinessProbe = Probe("/health");
                container.LivenessProbe = Probe("/alive");
            })
            : service;

    private static ProbeV1 Probe(string path) => new()
    {
        HttpGet = new HttpGetActionV1 { Path = path, Port = "http", Scheme = "HTTP" },
        InitialDelaySeconds = 5,
        PeriodSeconds = 10,
        TimeoutSeconds = 3,
        FailureThreshold = 3,
    };

    private static void Complete(ComposeFile file)
    {
        foreach (var service in file.Services.Values)
            service.Restart ??= "unless-stopped";
        WaitForHealth(file);
    }

    // A service that says how it is can be waited for until it is well, not only until it has been started.
    private static void WaitForHealth(ComposeFile file)
    {
        foreach (var (name, dependency) in file.Services.Values.SelectMany(service => service.DependsOn))
        {
            if (file.Services.TryGetValue(name, out var needed) && needed.Healthcheck is not null)
                dependency.Condition = Healthy;
        }
    }
}
