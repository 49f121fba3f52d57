using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;
using RedisAspire.Hosting;

namespace RedisAspire.AppHost.Publishing;

/// <summary>Configures Aspire's publisher for Kubernetes: probes, limits, and no two nodes on one machine.</summary>
internal static class KubernetesPublishing
{
    // Pods of a kind carry it, so that they can be kept apart.
    private const string KindLabel = "redis-replication";

    /// <summary>Has <c>--operation publish</c> write a Helm chart.</summary>
    public static void AddKubernetes(this IDistributedApplicationBuilder builder)
    {
        // With the data of the nodes on claims rather than in directories that end with the pod.
        builder.AddKubernetesEnvironment("kubernetes").WithProperties(environment => environment.DefaultStorageType = "pvc");
        foreach (var (container, member) in builder.RedisContainers().ToArray())
            container.PublishAsKubernetesService(kubernetes => Complete(kubernetes, member));
        foreach (var project in builder.Resources.OfType<ProjectResource>().ToArray())
        {
            builder.CreateResourceBuilder(project).PublishAsKubernetesService(kubernetes =>
            {
                var container = kubernetes.Workload!.PodTemplate.Spec.Containers[0];
                container.ReadinessProbe = HttpProbe("/health");
                container.LivenessProbe = HttpProbe("/alive");
            });
        }
    }

    private static void Complete(KubernetesResource kubernetes, RedisMember member)
    {
        // Nodes and sentinels have to reach a node that is not ready, or none could be promoted when the master is gone.
        kubernetes.Service!.Spec.PublishNotReadyAddresses = true;
        if (kubernetes.Workload is StatefulSet set)
            set.Spec.ServiceName = kubernetes.Service.Metadata.Name;

        var pod = kubernetes.Workload!.PodTemplate;
        var kind = member.IsSentinel ? "sentinel" : "node";
        pod.Metadata.Labels[KindLabel] = kind;
        pod.Spec.Affinity = Apart(kind);

        var container = pod.Spec.Containers[0];
        container.LivenessProbe = CommandProbe(member.AliveCommand(), periodSeconds: 10, failureThreshold: 6);
        container.ReadinessProbe = CommandProbe(member.ReadyCommand(), periodSeconds: 5, failureThreshold: 2);
        container.Resources = new ResourceRequirementsV1();
        container.Resources.Limits["memory"] = $"{member.MemoryLimit()}Mi";
        container.Resources.Requests["memory"] = $"{member.MemoryLimit()}Mi";
        container.Resources.Requests["cpu"] = member.IsSentinel ? "50m" : "250m";
    }

    // What is not asked for must not be there at all: an empty selector is refused, or selects everything.
    private static AffinityV1 Apart(string kind) => new()
    {
        NodeAffinity = null!,
        PodAffinity = null!,
        PodAntiAffinity =
        {
            PreferredDuringSchedulingIgnoredDuringExecution =
            {
                new WeightedPodAffinityTermV1
                {
                    Weight = 100,
                    PodAffinityTerm = { NamespaceSelector = null!, TopologyKey = "kubernetes.io/hostname", LabelSelector = { MatchLabels = { [KindLabel] = kind } } },
                },
            },
        },
    };

    private static ProbeV1 CommandProbe(string command, int periodSeconds, int failureThreshold) => new()
    {
        Exec = new ExecActionV1 { Command = { "/bin/sh", "-c", command } },
        PeriodSeconds = periodSeconds,
        TimeoutSeconds = 3,
        FailureThreshold = failureThreshold,
    };

    private static ProbeV1 HttpProbe(string path) => new()
    {
        HttpGet = new HttpGetActionV1 { Path = path, Port = "http", Scheme = "HTTP" },
        InitialDelaySeconds = 5,
        PeriodSeconds = 10,
        TimeoutSeconds = 3,
        FailureThreshold = 3,
    };
}
