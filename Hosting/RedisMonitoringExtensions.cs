using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RedisAspire.Hosting;

/// <summary>Has the dashboard know how nodes and sentinels are.</summary>
internal static class RedisMonitoringExtensions
{
    /// <summary>Watches the nodes while the application runs.</summary>
    public static IResourceBuilder<RedisReplicationResource> WithMonitor(this IResourceBuilder<RedisReplicationResource> redis)
    {
        var (services, resource) = (redis.ApplicationBuilder.Services, redis.Resource);
        services.TryAddSingleton<RedisDirectories>();
        services.AddKeyedSingleton(resource, (provider, _) => ActivatorUtilities.CreateInstance<RedisReplicationMonitor>(provider, resource));
        return redis.WithCheck(resource.Name, (provider, cancellationToken) => provider.MonitorOf(resource).CheckAsync(cancellationToken));
    }

    /// <summary>Checks that a node answers and follows its master, or that a sentinel answers.</summary>
    public static IResourceBuilder<ContainerResource> WithMemberHealthCheck(this IResourceBuilder<ContainerResource> resource, RedisReplicationResource redis, RedisMember member)
    {
        if (!member.IsSentinel)
            return resource.WithCheck(member.Name, (provider, cancellationToken) => provider.MonitorOf(redis).CheckAsync(member, cancellationToken));
        return resource
            .WithCheck(member.Name, (_, cancellationToken) => member.CheckAsync(cancellationToken))
            .OnResourceReady((_, _, cancellationToken) => member.HurryAsync(cancellationToken));
    }

    /// <summary>The monitor of a replication.</summary>
    public static RedisReplicationMonitor MonitorOf(this IServiceProvider services, RedisReplicationResource redis) =>
        services.GetRequiredKeyedService<RedisReplicationMonitor>(redis);

    private static IResourceBuilder<T> WithCheck<T>(
        this IResourceBuilder<T> resource, string name, Func<IServiceProvider, CancellationToken, Task<HealthCheckResult>> check)
        where T : IResource
    {
        var key = $"{name}_check";
        resource.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            key, provider => new Check(cancellationToken => check(provider, cancellationToken)), failureStatus: null, tags: null));
        return resource.WithHealthCheck(key);
    }

    private sealed class Check(Func<CancellationToken, Task<HealthCheckResult>> check) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => check(cancellationToken);
    }
}
