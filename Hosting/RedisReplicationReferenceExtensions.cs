using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisAspire.Hosting;

namespace Aspire.Hosting;

/// <summary>Lets services use a replication.</summary>
public static partial class RedisReplicationReferenceExtensions
{
    /// <summary>
    /// Gives a service all nodes in one connection string, <c>ConnectionStrings__{connectionName}</c>, with which StackExchange.Redis
    /// finds the master, and the connection properties of Aspire's own Redis, of the node that starts as the master
    /// (<c>{CONNECTIONNAME}_HOST</c>, <c>_PORT</c>, <c>_PASSWORD</c>, <c>_URI</c>). For <c>RedisAspire.Caching</c> it sets each node and sentinel as a connection string of its own
    /// (<c>{connectionName}-master</c>, <c>{connectionName}-replica-1</c> …, <c>{connectionName}-sentinel-1</c> …) and, in the section
    /// <c>Redis:{connectionName}</c>, what it needs to make another node the master, and to read what Redis itself lets it only read.
    /// </summary>
    /// <typeparam name="TDestination">The kind of service.</typeparam>
    /// <param name="service">The service.</param>
    /// <param name="redis">The replication.</param>
    /// <param name="connectionName">What the service calls the replication; the resource's name if it is not given.</param>
    /// <param name="optional">Whether the service also starts without a connection string.</param>
    /// <returns>The service.</returns>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> service, IResourceBuilder<RedisReplicationResource> redis, string? connectionName = null, bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(redis);
        var resource = redis.Resource;
        var name = connectionName ?? resource.Name;
        return service.WithReference((IResourceBuilder<IResourceWithConnectionString>)redis, connectionName, optional).WithEnvironment(context =>
        {
            var variables = context.EnvironmentVariables;
            foreach (var member in resource.Members)
                variables[$"ConnectionStrings__{NameOf(member)}"] = member.ConnectionString;
            variables[$"Redis__{name}__SentinelServiceName"] = RedisConfiguration.SentinelServiceName;
            variables[$"Redis__{name}__OperatorUser"] = RedisUsers.OperatorName;
            variables[$"Redis__{name}__OperatorPassword"] = resource.Credentials.Operator;
            variables[$"Redis__{name}__ReaderUser"] = RedisUsers.ReaderName;
            variables[$"Redis__{name}__ReaderPassword"] = resource.Credentials.Reader;
            // Published services are in the nodes' own network.
            if (context.ExecutionContext.IsPublishMode)
                return;
            foreach (var node in resource.NodeMembers)
                variables[$"Redis__{name}__PeerAddresses__{NameOf(node)}"] = node.PeerAddress(resource.Runtime);
        });

        string NameOf(RedisMember member) => name + member.Name[resource.Name.Length..];
    }

    /// <summary>
    /// Starts a service when there is a master, and in any case after a while: a service that can work without the cache must
    /// not wait for it for ever, as <c>WaitFor</c> does.
    /// </summary>
    /// <typeparam name="T">The kind of service.</typeparam>
    /// <param name="service">The service.</param>
    /// <param name="redis">The replication.</param>
    /// <param name="timeout">How long it waits; 20 seconds if it is not given.</param>
    /// <returns>The service.</returns>
    public static IResourceBuilder<T> WaitForMaster<T>(this IResourceBuilder<T> service, IResourceBuilder<RedisReplicationResource> redis, TimeSpan? timeout = null)
        where T : IResourceWithWaitSupport
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(redis);
        return service.OnBeforeResourceStarted(async (resource, started, cancellationToken) =>
        {
            var notifications = started.Services.GetRequiredService<ResourceNotificationService>();
            // Other instances of the same service may be running.
            await notifications.PublishUpdateAsync(resource, snapshot =>
                snapshot.State?.Text is not { } state || state == KnownResourceStates.NotStarted || state == KnownResourceStates.Starting
                    ? snapshot with { State = KnownResourceStates.Waiting }
                    : snapshot);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(timeout ?? TimeSpan.FromSeconds(20));
            try
            {
                await notifications.WaitForResourceHealthyAsync(redis.Resource.Name, deadline.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                LogWithoutMaster(started.Services.GetRequiredService<ResourceLoggerService>().GetLogger(resource), redis.Resource.Name);
            }
        });
    }

    [LoggerMessage(LogLevel.Warning, "{Name} has no master. The service is started without one.")]
    private static partial void LogWithoutMaster(ILogger logger, string name);
}
