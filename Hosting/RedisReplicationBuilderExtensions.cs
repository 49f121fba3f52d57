using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisAspire.Hosting;

namespace Aspire.Hosting;

/// <summary>Adds a Redis master with replicas and sentinels to an application.</summary>
public static partial class RedisReplicationBuilderExtensions
{
    /// <summary>
    /// Adds a Redis master, in a container or, where no container runtime answers, as a local process. Replicas and
    /// sentinels are added to it by <see cref="WithReadReplicas"/> and <see cref="WithSentinels"/>.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name; nodes are called <c>{name}-master</c>, <c>{name}-replica-1</c> … and <c>{name}-sentinel-1</c> …</param>
    /// <param name="password">The services' password; one is generated if it is not given. Without commas, blanks and quotation marks.</param>
    /// <returns>The replication, healthy when every replica's link to the master is up.</returns>
    /// <exception cref="DistributedApplicationException">Redis can run neither in containers nor as processes.</exception>
    public static IResourceBuilder<RedisReplicationResource> AddRedisReplication(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, IResourceBuilder<ParameterResource>? password = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);

        var choice = RedisRuntimeChoice.Make(builder.Configuration, builder.ExecutionContext.IsPublishMode);
        var resource = new RedisReplicationResource(name, choice, new RedisCredentials(builder, name, password?.Resource));
        var redis = builder.AddResource(resource)
            .WithIconName("DatabaseMultiple")
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "RedisReplication", State = KnownResourceStates.NotStarted, Properties = [] })
            .ExcludeFromManifest();
        if (builder.ExecutionContext.IsRunMode)
        {
            redis.OnInitializeResource(StartAsync);
            redis.WithMonitor();
            redis.WithReplicationCommands();
        }

        builder.Eventing.Subscribe<BeforeStartEvent>((started, cancellationToken) => PrepareAsync(builder, resource, started, cancellationToken));
        return redis.WithMember($"{name}-master", isSentinel: false);
    }

    /// <summary>Adds replicas: nodes that follow the master, serve reads and can take its place.</summary>
    /// <param name="redis">The replication.</param>
    /// <param name="count">How many.</param>
    /// <returns>The replication.</returns>
    public static IResourceBuilder<RedisReplicationResource> WithReadReplicas(this IResourceBuilder<RedisReplicationResource> redis, int count)
    {
        ArgumentNullException.ThrowIfNull(redis);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        for (var i = 0; i < count; i++)
            redis.WithMember($"{redis.Resource.Name}-replica-{redis.Resource.NodeMembers.Count()}", isSentinel: false);
        return redis;
    }

    /// <summary>Adds sentinels: they make a replica the master when most of them agree that the master is gone.</summary>
    /// <param name="redis">The replication.</param>
    /// <param name="count">How many; fewer than three cannot agree once one of them is lost.</param>
    /// <returns>The replication.</returns>
    public static IResourceBuilder<RedisReplicationResource> WithSentinels(this IResourceBuilder<RedisReplicationResource> redis, int count)
    {
        ArgumentNullException.ThrowIfNull(redis);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        for (var i = 0; i < count; i++)
            redis.WithMember($"{redis.Resource.Name}-sentinel-{redis.Resource.SentinelMembers.Count() + 1}", isSentinel: true);
        return redis;
    }

    /// <summary>Limits what every node may keep.</summary>
    /// <param name="redis">The replication.</param>
    /// <param name="size">For example <c>256mb</c>.</param>
    /// <param name="policy">What is evicted then, for example <c>volatile-lru</c>: of the keys with a time to live those not used for long.</param>
    /// <returns>The replication.</returns>
    public static IResourceBuilder<RedisReplicationResource> WithMaxMemory(this IResourceBuilder<RedisReplicationResource> redis, string size, string policy = "noeviction") =>
        redis.With(settings => settings with { MaxMemory = size, MaxMemoryPolicy = policy });

    /// <summary>
    /// Has every node keep every write on disk, at most a second late. A master without persistence that restarts by
    /// itself empties its replicas.
    /// </summary>
    /// <param name="redis">The replication.</param>
    /// <returns>The replication.</returns>
    public static IResourceBuilder<RedisReplicationResource> WithAppendOnly(this IResourceBuilder<RedisReplicationResource> redis) =>
        redis.With(settings => settings with { IsAppendOnly = true });

    /// <summary>
    /// Gives nodes and sentinels the same ports on this machine at every start. A busy port is skipped, which is logged.
    /// </summary>
    /// <param name="redis">The replication.</param>
    /// <param name="first">The master's port; replicas take the ones after it. None: any free ports.</param>
    /// <param name="firstSentinel">The first sentinel's port; the others take the ones after it.</param>
    /// <returns>The replication.</returns>
    public static IResourceBuilder<RedisReplicationResource> WithHostPorts(
        this IResourceBuilder<RedisReplicationResource> redis, int? first, int? firstSentinel = null) =>
        redis.With(settings => settings with { FirstPort = first, FirstSentinelPort = firstSentinel });

    /// <summary>
    /// Keeps data and roles between runs: in one volume per node, or one directory per process. Each checkout has its own, and
    /// of two runs at the same time each.
    /// </summary>
    /// <param name="redis">The replication.</param>
    /// <param name="enabled"><see langword="false"/> keeps nothing, so that a test begins with empty nodes.</param>
    /// <returns>The replication.</returns>
    public static IResourceBuilder<RedisReplicationResource> WithDataVolume(this IResourceBuilder<RedisReplicationResource> redis, bool enabled = true) =>
        redis.With(settings => settings with { HasDataVolume = enabled, DataDirectory = null });

    /// <summary>Keeps data and roles between runs in a directory of this machine. A run that finds another one using it does not start.</summary>
    /// <param name="redis">The replication.</param>
    /// <param name="source">The directory; it is made if it is not there.</param>
    /// <returns>The replication.</returns>
    public static IResourceBuilder<RedisReplicationResource> WithDataBindMount(this IResourceBuilder<RedisReplicationResource> redis, string source) =>
        redis.With(settings => settings with { HasDataVolume = true, DataDirectory = source });

    /// <summary>Adds Redis Insight, configured with every node. Without containers it does nothing.</summary>
    /// <param name="redis">The replication.</param>
    /// <param name="configure">Configures its container.</param>
    /// <returns>The replication.</returns>
    public static IResourceBuilder<RedisReplicationResource> WithRedisInsight(
        this IResourceBuilder<RedisReplicationResource> redis, Action<IResourceBuilder<Redis.RedisInsightResource>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(redis);
        redis.Master()?.WithRedisInsight(configure);
        return redis;
    }

    /// <summary>Adds Redis Commander, configured with every node. Without containers it does nothing.</summary>
    /// <param name="redis">The replication.</param>
    /// <param name="configure">Configures its container.</param>
    /// <returns>The replication.</returns>
    public static IResourceBuilder<RedisReplicationResource> WithRedisCommander(
        this IResourceBuilder<RedisReplicationResource> redis, Action<IResourceBuilder<Redis.RedisCommanderResource>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(redis);
        redis.Master()?.WithRedisCommander(configure);
        return redis;
    }

    /// <summary>
    /// Gives a service the addresses of all nodes and sentinels: <c>ConnectionStrings__{node}</c> for each, and all nodes together in
    /// <c>ConnectionStrings__{name}</c>; the password alone in <c>{NAME}_PASSWORD</c>; and, in the section <c>Redis</c>, what it needs to make another node the master.
    /// </summary>
    /// <typeparam name="TDestination">The kind of service.</typeparam>
    /// <param name="service">The service.</param>
    /// <param name="redis">The replication.</param>
    /// <returns>The service.</returns>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> service, IResourceBuilder<RedisReplicationResource> redis)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(redis);
        var resource = redis.Resource;
        return service.WithReferenceRelationship(resource).WithEnvironment(context =>
        {
            var variables = context.EnvironmentVariables;
            variables[$"ConnectionStrings__{resource.Name}"] = resource.ConnectionStringExpression;
            foreach (var member in resource.Members)
                variables[$"ConnectionStrings__{member.Name}"] = member.Resource.ConnectionStringExpression;
            variables[$"{resource.Name.Replace('-', '_').ToUpperInvariant()}_PASSWORD"] = resource.Credentials.Application;
            variables["Redis__SentinelServiceName"] = RedisConfiguration.SentinelServiceName;
            variables["Redis__OperatorUser"] = resource.Credentials.OperatorName;
            variables["Redis__OperatorPassword"] = resource.Credentials.Operator;
            // Published services are in the nodes' own network.
            if (context.ExecutionContext.IsPublishMode)
                return;
            foreach (var node in resource.NodeMembers)
                variables[$"Redis__PeerAddresses__{node.Name}"] = node.PeerAddress(resource.Runtime);
        });
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

    private static IResourceBuilder<RedisReplicationResource> With(
        this IResourceBuilder<RedisReplicationResource> redis, Func<RedisNodeSettings, RedisNodeSettings> change)
    {
        ArgumentNullException.ThrowIfNull(redis);
        redis.Resource.Settings = change(redis.Resource.Settings);
        return redis;
    }

    private static IResourceBuilder<RedisResource>? Master(this IResourceBuilder<RedisReplicationResource> redis) =>
        redis.Resource.Nodes.First() is RedisResource master ? redis.ApplicationBuilder.CreateResourceBuilder(master) : null;

    // Before anything starts, the prerequisites are checked, and every node gets a port and a directory of its own.
    private static async Task PrepareAsync(IDistributedApplicationBuilder builder, RedisReplicationResource redis, BeforeStartEvent started, CancellationToken cancellationToken)
    {
        if (builder.ExecutionContext.IsPublishMode)
        {
            foreach (var member in redis.Members)
                builder.MountData(redis, member, number: 1);
            return;
        }

        var logger = started.Services.GetRequiredService<ILoggerFactory>().CreateLogger<RedisReplicationResource>();
        LogChoice(logger, redis.Choice.Reason);
        redis.Credentials.Check(builder.Configuration);
        if (redis.Runtime == RedisRuntime.Process)
            await RedisServerProgram.CheckAsync(cancellationToken);
        var directories = started.Services.GetRequiredService<RedisDirectories>();
        directories.Open(redis, builder.AppHostDirectory);
        TakePorts(redis.NodeMembers, redis.Settings.FirstPort, logger);
        TakePorts(redis.SentinelMembers, redis.Settings.FirstSentinelPort, logger);
        foreach (var member in redis.Members)
            builder.MountData(redis, member, directories.NumberOf(redis));
    }

    // One after the other, although some are busy.
    private static void TakePorts(IEnumerable<RedisMember> members, int? first, ILogger logger)
    {
        var wanted = first is 0 ? null : first;
        var next = wanted;
        foreach (var member in members)
        {
            var port = FreePorts.Take(next);
            if (wanted is not null && port != wanted)
                LogBusy(logger, wanted.Value, member.Name, port);
            member.Endpoint.EndpointAnnotation.Port = port;
            (wanted, next) = (wanted + 1, next is null ? null : port + 1);
        }
    }

    private static async Task StartAsync(RedisReplicationResource redis, InitializeResourceEvent started, CancellationToken cancellationToken)
    {
        LogChoice(started.Logger, redis.Choice.Reason);
        await started.Eventing.PublishAsync(new BeforeResourceStartedEvent(redis, started.Services), cancellationToken);
        // The monitor is no hosted service: those start after the resources, some of which wait for its health.
        await started.Services.MonitorOf(redis).StartAsync(cancellationToken);
        // From now on its health is checked, and resources that wait for it continue.
        await started.Notifications.PublishUpdateAsync(redis, snapshot => snapshot with { State = KnownResourceStates.Running, StartTimeStamp = DateTime.UtcNow });
        await started.Eventing.PublishAsync(new ConnectionStringAvailableEvent(redis, started.Services), cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "{Reason}")]
    private static partial void LogChoice(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "{Name} has no master. The service is started without one.")]
    private static partial void LogWithoutMaster(ILogger logger, string name);

    [LoggerMessage(LogLevel.Warning, "Port {Wanted} is in use: {Name} listens on {Port}.")]
    private static partial void LogBusy(ILogger logger, int wanted, string name, int port);
}
