using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RedisAspire.Topology;

/// <summary>
/// The health of Redis. Never worse than degraded: without Redis the application answers slower, but it answers.
/// </summary>
internal sealed class RedisTopologyHealthCheck(RedisTopology topology) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        var snapshot = topology.Snapshot;
        var data = snapshot.Nodes.ToDictionary(node => node.Name, node => (object)(node.Error ?? "up"), StringComparer.Ordinal);
        if (snapshot.Master is null)
            return HealthCheckResult.Degraded("No Redis master is up: values are served from the source.", data: data);

        var unreadable = snapshot.Nodes.Count(node => !node.CanRead);
        return unreadable > 0
            ? HealthCheckResult.Degraded($"{unreadable} of {snapshot.Nodes.Count} Redis nodes cannot serve reads.", data: data)
            : HealthCheckResult.Healthy(data: data);
    }
}
