using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisAspire.Caching.Coherence;

namespace RedisAspire.Caching.Near;

/// <summary>Says whether values stay in the process, and if not, why. Without it the cache is slower, not wrong.</summary>
internal sealed class NearCacheHealthCheck(NearCache near, ReadChannel channel) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        (near.IsOpen, channel.Node) switch
        {
            (true, var node) => HealthCheckResult.Healthy($"On: {node} tells of changes."),
            (false, null) => HealthCheckResult.Degraded("Off: no node can be read."),
            (false, var node) => HealthCheckResult.Degraded($"Off: {node} cannot be asked to tell of changes."),
        });
}
