using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

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
        services.AddSingleton<IHostedService>(provider => provider.MonitorOf(resource));
        return redis.WithCheck(resource.Name, (provider, cancellationToken) => provider.MonitorOf(resource).CheckAsync(cancellationToken));
    }

    /// <summary>Checks that a node answers and follows its master, or that a sentinel answers.</summary>
    public static IResourceBuilder<ContainerResource> WithMemberHealthCheck(this IResourceBuilder<ContainerResource> resource, RedisReplicationResource redis, RedisMember member)
    {
        if (!member.IsSentinel)
            return resource.WithCheck(member.Name, (provider, cancellationToken) => provider.MonitorOf(redis).CheckAsync(member, cancellationToken));
        return resource
            .WithCheck(member.Name, (_, cancellationToken) => RedisMemberClient.CheckAsync(member, cancellationToken))
            .OnResourceReady((_, _, cancellationToken) => RedisMemberClient.HurryAsync(member, cancellationToken));
    }

    /// <summary>Has it said at once when a node or sentinel has ended.</summary>
    public static IResourceBuilder<T> SayWhenStopped<T>(this IResourceBuilder<T> resource, RedisReplicationResource redis, RedisMember member)
        where T : IResource => resource.OnResourceStopped((_, stopped, _) =>
    {
        stopped.Services.MonitorOf(redis).SayStopped(member.Name, stopped.ResourceEvent.Snapshot.ExitCode);
        return Task.CompletedTask;
    });

    /// <summary>Starts a sentinel when a node has been seen to be the master: it may name only what is proved to be ours.</summary>
    public static IResourceBuilder<T> StartAfterMaster<T>(this IResourceBuilder<T> sentinel, RedisReplicationResource redis)
        where T : IResource => sentinel.OnBeforeResourceStarted((_, started, cancellationToken) => started.Services.MonitorOf(redis).MasterSeen.WaitAsync(cancellationToken));

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
