using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace RedisAspire.Hosting;

/// <summary>Makes nodes and sentinels: in containers and as processes with the same configuration.</summary>
internal static class RedisMemberExtensions
{
    // The version that the settings are written for, as Aspire.Hosting.Redis pins it.
    private const string Image = "library/redis";
    private const string ImageTag = "8.6";
    private const string ImageRegistry = "docker.io";
    private const string DirectoryInContainer = "/data";
    private const int PortInContainer = 6379;
    private const int SentinelPortInContainer = 26379;

    /// <summary>Adds a node or sentinel.</summary>
    public static IResourceBuilder<RedisReplicationResource> WithMember(this IResourceBuilder<RedisReplicationResource> redis, string name, bool isSentinel)
    {
        var (builder, password) = (redis.ApplicationBuilder, redis.Resource.Credentials.Application.Password);
        return (redis.Resource.Runtime, isSentinel) switch
        {
            (RedisRuntime.Process, _) => redis.Add(builder.AddResource(new RedisProcessResource(name, ".", password)), isSentinel),
            (_, true) => redis.Add(builder.AddResource(new RedisSentinelResource(name, password)).InContainer(), isSentinel),
            (_, false) => redis.Add(builder.AddResource(new RedisResource(name, password)).InContainer(), isSentinel),
        };
    }

    /// <summary>Gives a node or sentinel the host port it is to have by the settings. Published ones have their own hosts.</summary>
    public static void SetHostPort(this IResourceBuilder<RedisReplicationResource> redis, RedisMember member)
    {
        if (redis.ApplicationBuilder.ExecutionContext.IsPublishMode)
            return;
        var settings = redis.Resource.Settings;
        var first = member.IsSentinel ? settings.FirstSentinelPort : settings.FirstPort;
        var place = redis.Resource.Members.Where(other => other.IsSentinel == member.IsSentinel).TakeWhile(other => other != member).Count();
        member.Endpoint.EndpointAnnotation.Port = first + place;
    }

    /// <summary>Gives a container a volume if the settings ask for volumes, and none otherwise. A process finds its directory when it starts.</summary>
    public static void KeepData(this IResourceBuilder<RedisReplicationResource> redis, RedisMember member)
    {
        if (member.Resource is not ContainerResource container)
            return;
        foreach (var mount in container.Annotations.OfType<ContainerMountAnnotation>().Where(mount => mount.Target == DirectoryInContainer).ToArray())
            container.Annotations.Remove(mount);
        if (!redis.Resource.Settings.HasDataVolume)
            return;
        var builder = redis.ApplicationBuilder.CreateResourceBuilder(container);
        // A published volume belongs to one application already, and Kubernetes allows no dots in its name.
        builder.WithVolume(redis.ApplicationBuilder.ExecutionContext.IsPublishMode ? $"{member.Name}-data" : VolumeNameGenerator.Generate(builder, "data"), DirectoryInContainer);
    }

    private static IResourceBuilder<T> InContainer<T>(this IResourceBuilder<T> member)
        where T : ContainerResource
    {
        // The start script is passed as it is.
#pragma warning disable ASPIRECONTAINERSHELLEXECUTION001 // Still under evaluation, and the only switch there is.
        member.Resource.ShellExecution = false;
#pragma warning restore ASPIRECONTAINERSHELLEXECUTION001
        // Replicas and sentinels speak plain Redis, so a developer certificate must not turn the port into one of TLS.
#pragma warning disable ASPIRECERTIFICATES001 // Likewise.
        member.WithoutHttpsCertificate();
#pragma warning restore ASPIRECERTIFICATES001
        return member.WithImage(Image, ImageTag).WithImageRegistry(ImageRegistry).WithEntrypoint("/bin/sh");
    }

    private static IResourceBuilder<RedisReplicationResource> Add<T>(this IResourceBuilder<RedisReplicationResource> redis, IResourceBuilder<T> resource, bool isSentinel)
        where T : class, IResourceWithConnectionString, IResourceWithEndpoints, IResourceWithEnvironment, IResourceWithArgs, IResourceWithWaitSupport
    {
        var replication = redis.Resource;
        var member = new RedisMember(resource.Resource, new EndpointReference(resource.Resource, RedisMember.EndpointName), isSentinel);
        replication.Add(member);
        var isContainer = replication.Runtime == RedisRuntime.Container;
        resource
            .WithParentRelationship(replication)
            .WithIconName(isSentinel ? "Eye" : "Database")
            // Without a proxy a node that is down refuses connections, as it would in production.
            .WithEndpoint(
                targetPort: !isContainer ? null : isSentinel ? SentinelPortInContainer : PortInContainer,
                name: RedisMember.EndpointName, scheme: "redis", isProxied: false, protocol: ProtocolType.Tcp)
            .WithUrlForEndpoint(RedisMember.EndpointName, url => url.DisplayText = member.AddressOf(isSentinel ? "Sentinel" : "Redis"))
            .WithArgs(context =>
            {
                context.Args.Add("-c");
                context.Args.Add(RedisConfiguration.StartScript(member));
            })
            .WithEnvironment(context =>
            {
                context.EnvironmentVariables["REDIS_DIRECTORY"] = isContainer ? DirectoryInContainer : replication.DirectoryOf(member, context.ExecutionContext.Services);
                // For redis-cli inside the container.
                if (isContainer)
                    context.EnvironmentVariables["REDISCLI_AUTH"] = replication.Credentials.Application.Password;
                if (context.ExecutionContext.IsPublishMode)
                    context.AddPasswords(replication.Credentials.All);
                context.EnvironmentVariables["REDIS_CONFIGURATION"] = isSentinel ? RedisConfiguration.OfSentinel(replication, member) : RedisConfiguration.OfNode(replication, member);
            });
        if (redis.ApplicationBuilder.ExecutionContext.IsRunMode)
            resource.WithMemberHealthCheck(replication, member).WithMemberCommands(replication, member);

        // The master's name has to be known in the network of the containers.
        if (isSentinel && isContainer)
            resource.WaitForStart(redis.ApplicationBuilder.CreateResourceBuilder(replication.Nodes.First()));
        redis.SetHostPort(member);
        redis.KeepData(member);
        return redis;
    }

    // A chart's values list those parameters only that are variables of their own.
    private static void AddPasswords(this EnvironmentCallbackContext context, IEnumerable<RedisCredential> credentials)
    {
        foreach (var password in credentials.Select(credential => credential.Password))
            context.EnvironmentVariables[password.Name.Replace('-', '_').ToUpperInvariant()] = password;
    }

    private static string DirectoryOf(this RedisReplicationResource redis, RedisMember member, IServiceProvider services) =>
        services.GetRequiredService<RedisDirectories>().For(redis, member);
}
