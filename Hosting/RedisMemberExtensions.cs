using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace RedisAspire.Hosting;

/// <summary>Makes nodes and sentinels, in containers and as processes with the same configuration.</summary>
internal static class RedisMemberExtensions
{
    // The version that the settings are written for, as Aspire.Hosting.Redis pins it.
    private const string Image = "library/redis";
    private const string ImageTag = "8.6";
    private const string ImageRegistry = "docker.io";
    private const string DataInContainer = "/data";
    private const string ConfigurationParentInContainer = "/etc";
    private const string ConfigurationDirectoryInContainer = "redis-replication";
    private const string ConfigurationFile = "redis.conf";
    private const int PortInContainer = 6379;
    private const int SentinelPortInContainer = 26379;

    // The user and group "redis" of the image.
    private const int UserInContainer = 999;

    /// <summary>Adds a node or sentinel.</summary>
    public static IResourceBuilder<RedisReplicationResource> WithMember(this IResourceBuilder<RedisReplicationResource> redis, string name, bool isSentinel)
    {
        var (builder, replication, password) = (redis.ApplicationBuilder, redis.Resource, redis.Resource.Credentials.Application);
        var member = new RedisMember(isSentinel ? new RedisSentinelResource(name, password) : new RedisResource(name, password), isSentinel);
        replication.Add(member);
        var resource = builder.AddResource(member.Resource)
            .WithImage(Image, ImageTag)
            .WithImageRegistry(ImageRegistry)
            .WithParentRelationship(replication)
            .WithIconName(isSentinel ? "Eye" : "Database")
            // Without a proxy a node that is down refuses connections, as it would in production.
            .WithEndpoint(
                targetPort: isSentinel ? SentinelPortInContainer : PortInContainer, name: RedisMember.EndpointName, scheme: "redis", isProxied: false, protocol: ProtocolType.Tcp)
            .WithUrlForEndpoint(RedisMember.EndpointName, url => url.DisplayText = member.Address);
        // Replicas and sentinels speak plain Redis, so a developer certificate must not turn the port into one of TLS.
#pragma warning disable ASPIRECERTIFICATES001 // Still under evaluation, and the only switch there is.
        resource.WithoutHttpsCertificate();
#pragma warning restore ASPIRECERTIFICATES001
        // A Redis resource joins its arguments to one shell command, which the image's own start script does not read.
#pragma warning disable ASPIRECONTAINERSHELLEXECUTION001 // Still under evaluation, and the only switch there is.
        member.Resource.ShellExecution = false;
#pragma warning restore ASPIRECONTAINERSHELLEXECUTION001

        if (builder.ExecutionContext.IsPublishMode)
        {
            RedisPublishing.Configure(resource, replication, member);
            return redis;
        }

        if (replication.Settings.IsPersistent)
            resource.WithLifetime(ContainerLifetime.Persistent);
        resource.WithMemberHealthCheck(replication, member).WithMemberCommands(replication, member).OnResourceStopped((_, stopped, _) =>
        {
            stopped.Services.MonitorOf(replication).SayStopped(name, stopped.ResourceEvent.Snapshot.ExitCode);
            return Task.CompletedTask;
        });
        if (replication.InjectsFaults)
            resource.WithFaultCommands(replication, member);
        // A sentinel may name only what is proved to be ours: it starts when a node has been seen to be the master.
        if (isSentinel)
            resource.OnBeforeResourceStarted((_, started, cancellationToken) => started.Services.MonitorOf(replication).MasterSeen.WaitAsync(cancellationToken));
        resource.WithConfigurationFile(replication, member);
        return redis;
    }

    /// <summary>Where a node or sentinel listens and keeps its data.</summary>
    public static async Task<RedisPlace> PlaceAsync(this RedisReplicationResource redis, RedisMember member, string dataDirectory, CancellationToken cancellationToken)
    {
        var peer = (await member.PeerAddress(redis.Runtime).GetValueAsync(cancellationToken))!.Split(':');
        var isContainer = redis.Runtime == RedisRuntime.Container;
        var port = isContainer ? member.IsSentinel ? $"{SentinelPortInContainer}" : $"{PortInContainer}" : peer[1];
        return new(port, dataDirectory, peer[0], peer[1], isContainer);
    }

    // A container is given the file; for a process it is written.
    private static void WithConfigurationFile(this IResourceBuilder<ContainerResource> resource, RedisReplicationResource redis, RedisMember member) => resource
        .OnBeforeResourceStarted(async (_, started, cancellationToken) =>
        {
            if (redis.Runtime == RedisRuntime.Container)
                return;
            var directories = started.Services.GetRequiredService<RedisDirectories>();
            var path = directories.ConfigurationOf(member);
            // A sentinel stores the nodes that it knows in its file, and continues with them.
            if (!member.IsSentinel || !File.Exists(path))
                await RedisConfiguration.WriteAsync(path, await redis.ConfigurationOfAsync(member, directories.DataOf(redis, member), started.Services, cancellationToken), cancellationToken);
        })
        .WithContainerFiles(
            ConfigurationParentInContainer,
            async (context, cancellationToken) =>
            [
                // Redis writes its file anew beside the old one, so the directory has to be its own too.
                new ContainerDirectory
                {
                    Name = ConfigurationDirectoryInContainer,
                    Owner = UserInContainer,
                    Group = UserInContainer,
                    Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                    Entries =
                    [
                        new ContainerFile
                        {
                            Name = ConfigurationFile,
                            Contents = await redis.ConfigurationOfAsync(member, DataInContainer, context.Services, cancellationToken),
                            Owner = UserInContainer,
                            Group = UserInContainer,
                            Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                        },
                    ],
                },
            ])
        .WithArgs(context =>
        {
            if (redis.Runtime == RedisRuntime.Container)
            {
                context.Args.Add("redis-server");
                context.Args.Add($"{ConfigurationParentInContainer}/{ConfigurationDirectoryInContainer}/{ConfigurationFile}");
            }
            else
            {
                context.Args.Add(context.ExecutionContext.Services.GetRequiredService<RedisDirectories>().ConfigurationOf(member));
            }

            if (member.IsSentinel)
                context.Args.Add("--sentinel");
        });

    /// <summary>Gives a container a volume, or a directory of the host, if the settings ask for one. A process finds its directory when it starts.</summary>
    public static void MountData(this IDistributedApplicationBuilder builder, RedisReplicationResource redis, RedisMember member, int number)
    {
        // A sentinel of this run gets the master when it starts; a published one keeps it in its file.
        if (redis.Settings.Data is not { } data || redis.Runtime == RedisRuntime.Process || (member.IsSentinel && builder.ExecutionContext.IsRunMode))
            return;
        var resource = builder.CreateResourceBuilder(member.Resource);
        if (data.Directory is not null)
            resource.WithBindMount(Directory.CreateDirectory(Path.Combine(Path.GetFullPath(data.Directory), member.Name)).FullName, DataInContainer, data.IsReadOnly);
        else
            resource.WithVolume(VolumeName(), DataInContainer, data.IsReadOnly);

        string VolumeName()
        {
            if (data.Volume is not null)
                return $"{data.Volume}-{member.Name}";
            // A published volume belongs to one application already, and Kubernetes allows no dots in its name.
            return builder.ExecutionContext.IsPublishMode ? $"{member.Name}-data" : $"{VolumeNameGenerator.Generate(resource, "data")}{(number == 1 ? "" : $"-{number}")}";
        }
    }

    // The node that is the master now is followed; at the start the one that was the master when data was last kept.
    private static async Task<string> ConfigurationOfAsync(
        this RedisReplicationResource redis, RedisMember member, string dataDirectory, IServiceProvider services, CancellationToken cancellationToken)
    {
        var users = await redis.Credentials.ResolveAsync(cancellationToken);
        var master = services.MonitorOf(redis).MasterFor(member);
        var place = await redis.PlaceAsync(member, dataDirectory, cancellationToken);
        var masterPlace = member == master ? null : await redis.PlaceAsync(master, dataDirectory, cancellationToken);
        return member.IsSentinel
            ? RedisConfiguration.OfSentinel(users, place, masterPlace!, redis.SentinelMembers.Count())
            : RedisConfiguration.OfNode(redis.Settings, users, place, masterPlace);
    }
}
