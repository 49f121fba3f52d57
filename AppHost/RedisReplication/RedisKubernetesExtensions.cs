using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;

namespace RedisAspire.AppHost.RedisReplication;

/// <summary>What nodes and sentinels need in Kubernetes: probes, limits, and no two of them on one machine.</summary>
internal static class RedisKubernetesExtensions
{
    // Pods of a kind carry it, so that they can be kept apart.
    private const string KindLabel = "redis-replication";

    /// <summary>Completes what is published.</summary>
    public static IResourceBuilder<T> WithKubernetesService<T>(this IResourceBuilder<T> container, RedisReplicationResource redis, RedisMember member)
        where T : ContainerResource => container.PublishAsKubernetesService(kubernetes => Complete(kubernetes, redis, member));

    private static void Complete(KubernetesResource kubernetes, RedisReplicationResource redis, RedisMember member)
    {
        // Nodes and sentinels have to reach a node that is not ready, or none could be promoted when the master is gone.
        kubernetes.Service!.Spec.PublishNotReadyAddresses = true;
        if (kubernetes.Workload is StatefulSet set)
            set.Spec.ServiceName = kubernetes.Service.Metadata.Name;

        var pod = kubernetes.Workload!.PodTemplate;
        var kind = $"{redis.Name}-{(member.IsSentinel ? "sentinel" : "node")}";
        pod.Metadata.Labels[KindLabel] = kind;
        pod.Spec.Affinity = Apart(kind);

        var container = pod.Spec.Containers[0];
        container.LivenessProbe = Probe(RedisProbes.AliveCommand(member), periodSeconds: 10, failureThreshold: 6);
        container.ReadinessProbe = Probe(RedisProbes.ReadyCommand(member), periodSeconds: 5, failureThreshold: 2);
        if (RedisProbes.MemoryLimitMegabytes(redis, member) is { } limit)
        {
            container.Resources = new ResourceRequirementsV1();
            container.Resources.Limits["memory"] = $"{limit}Mi";
            container.Resources.Requests["memory"] = $"{limit / 2}Mi";
            container.Resources.Requests["cpu"] = member.IsSentinel ? "50m" : "250m";
        }
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

    private static ProbeV1 Probe(string command, int periodSeconds, int failureThreshold) => new()
    {
        Exec = new ExecActionV1 { Command = { "/bin/sh", "-c", command } },
        PeriodSeconds = periodSeconds,
        TimeoutSeconds = 3,
        FailureThreshold = failureThreshold,
    };
}
