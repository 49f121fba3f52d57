using System.Text.RegularExpressions;
using RedisAspire.Hosting;

namespace Aspire.Hosting;

/// <summary>Adds a Redis master with replicas and sentinels to an application.</summary>
public static partial class RedisReplicationBuilderExtensions
{
    /// <summary>
    /// Adds a Redis master. Replicas and sentinels are added to it by <see cref="WithReadReplicas"/> and <see cref="WithSentinels"/>.
    /// </summary>
    /// <remarks>
    /// Nodes run in containers or, where no container runtime answers, as local processes: see <see cref="RunAsContainers"/> and
    /// <see cref="RunAsProcesses"/>. The resource is healthy when there is a master. TLS is off, also where there is a developer
    /// certificate: nodes, replication, sentinels and clients speak plain Redis.
    /// </remarks>
    /// <example>
    /// A master, three replicas and three sentinels, and a service that uses them:
    /// <code lang="csharp">
    /// var redis = builder.AddRedisReplication("redis")
    ///     .WithReadReplicas(3)
    ///     .WithSentinels(3);
    ///
    /// builder.AddProject&lt;Projects.Api&gt;("api")
    ///     .WithReference(redis)
    ///     .WaitForMaster(redis);
    /// </code>
    /// </example>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name; nodes are called <c>{name}-master</c>, <c>{name}-replica-1</c> … and <c>{name}-sentinel-1</c> …</param>
    /// <param name="port">The master's port on this machine; replicas take the ones after it. Any free ports if it is not given: see <see cref="WithHostPort"/>.</param>
    /// <param name="password">The services' password; one is generated if it is not given. Without commas, blanks and quotation marks.</param>
    /// <returns>The replication.</returns>
    public static IResourceBuilder<RedisReplicationResource> AddRedisReplication(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null, IResourceBuilder<ParameterResource>? password = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);

        var resource = new RedisReplicationResource(name, new RedisCredentials(builder, name, password?.Resource));
        var redis = builder.AddResource(resource)
            .WithIconName("DatabaseMultiple")
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "RedisReplication", State = KnownResourceStates.NotStarted, Properties = [] })
            // In the manifest it is what other resources use of it.
            .WithManifestPublishingCallback(context =>
            {
                context.Writer.WriteString("type", "value.v0");
                context.Writer.WriteString("connectionString", resource.ConnectionStringExpression.ValueExpression);
            });
        redis.WithStart();
        if (builder.ExecutionContext.IsRunMode)
        {
            redis.WithMonitor();
            redis.WithReplicationCommands();
        }

        return redis.WithHostPort(port).WithMember($"{name}-master", isSentinel: false);
    }

    /// <summary>Adds replicas: nodes that follow the master, serve reads and can take its place.</summary>
    /// <param name="redis">The replication.</param>
    /// <param name="count">How many.</param>
    /// <returns>The replication.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
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
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public static IResourceBuilder<RedisReplicationResource> WithSentinels(this IResourceBuilder<RedisReplicationResource> redis, int count)
    {
        ArgumentNullException.ThrowIfNull(redis);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        for (var i = 0; i < count; i++)
            redis.WithMember($"{redis.Resource.Name}-sentinel-{redis.Resource.SentinelMembers.Count() + 1}", isSentinel: true);
        return redis;
    }

    /// <summary>
    /// Has nodes and sentinels run as <c>redis-server</c> processes on loopback, although there may be a container runtime. The
    /// setting <c>Redis:Runtime</c> (<c>container</c> or <c>process</c>) overrules it.
    /// </summary>
    /// <param name="redis">The replication.</param>
    /// <returns>The replication.</returns>
    public static IResourceBuilder<RedisReplicationResource> RunAsProcesses(this IResourceBuilder<RedisReplicationResource> redis) => redis.RunAs(RedisRuntime.Process);

    /// <summary>
    /// Has nodes and sentinels run in containers; the application does not start where no container runtime answers. The setting
    /// <c>Redis:Runtime</c> (<c>container</c> or <c>process</c>) overrules it.
    /// </summary>
    /// <inheritdoc cref="RunAsProcesses" path="/param | /returns"/>
    public static IResourceBuilder<RedisReplicationResource> RunAsContainers(this IResourceBuilder<RedisReplicationResource> redis) => redis.RunAs(RedisRuntime.Container);

    /// <summary>Limits what every node may keep.</summary>
    /// <example>
    /// Entries of a cache are evicted, and keys without a time to live are not:
    /// <code lang="csharp">
    /// redis.WithMaxMemory("256mb", RedisEvictionPolicy.VolatileLru);
    /// </code>
    /// </example>
    /// <param name="redis">The replication.</param>
    /// <param name="size">A number of bytes, or with a unit of Redis, for example <c>256mb</c>.</param>
    /// <param name="policy">What is evicted then.</param>
    /// <returns>The replication.</returns>
    /// <exception cref="ArgumentException"><paramref name="size"/> is no size.</exception>
    public static IResourceBuilder<RedisReplicationResource> WithMaxMemory(
        this IResourceBuilder<RedisReplicationResource> redis, string size, RedisEvictionPolicy policy = RedisEvictionPolicy.NoEviction)
    {
        ArgumentNullException.ThrowIfNull(size);
        if (!Size().IsMatch(size))
            throw new ArgumentException($"'{size}' is no size of Redis: a number of bytes is expected, or one with a unit, such as 256mb.", nameof(size));
        return redis.With(settings => settings with { MaxMemory = size, EvictionPolicy = policy });
    }

    /// <summary>Has every node store a snapshot of its data now and then, as Aspire's own Redis does.</summary>
    /// <param name="redis">The replication.</param>
    /// <param name="interval">How often, in whole seconds; every minute if it is not given.</param>
    /// <param name="keysChangedThreshold">How many keys have to have changed for it.</param>
    /// <returns>The replication.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is less than a second, or <paramref name="keysChangedThreshold"/> less than 1.</exception>
    public static IResourceBuilder<RedisReplicationResource> WithPersistence(
        this IResourceBuilder<RedisReplicationResource> redis, TimeSpan? interval = null, long keysChangedThreshold = 1)
    {
        var every = interval ?? TimeSpan.FromSeconds(60);
        ArgumentOutOfRangeException.ThrowIfLessThan(every, TimeSpan.FromSeconds(1), nameof(interval));
        ArgumentOutOfRangeException.ThrowIfLessThan(keysChangedThreshold, 1);
        return redis.With(settings => settings with { SnapshotInterval = every, SnapshotThreshold = keysChangedThreshold });
    }

    /// <summary>
    /// Has every node keep every write on disk, at most a second late. A master without persistence that restarts by
    /// itself empties its replicas.
    /// </summary>
    /// <inheritdoc cref="RunAsProcesses" path="/param | /returns"/>
    public static IResourceBuilder<RedisReplicationResource> WithAppendOnly(this IResourceBuilder<RedisReplicationResource> redis) =>
        redis.With(settings => settings with { IsAppendOnly = true });

    /// <summary>
    /// Gives nodes and sentinels the same ports on this machine at every start. A busy port is skipped, which is logged.
    /// </summary>
    /// <param name="redis">The replication.</param>
    /// <param name="port">The master's port; replicas take the ones after it. None: any free ports.</param>
    /// <param name="sentinelPort">The first sentinel's port; the others take the ones after it.</param>
    /// <returns>The replication.</returns>
    public static IResourceBuilder<RedisReplicationResource> WithHostPort(
        this IResourceBuilder<RedisReplicationResource> redis, int? port, int? sentinelPort = null) =>
        redis.With(settings => settings with { FirstPort = port, FirstSentinelPort = sentinelPort });

    /// <summary>
    /// Keeps data and roles between runs: in one volume per node, or one directory per process. Nodes store a snapshot each minute,
    /// unless <see cref="WithPersistence"/> or <see cref="WithAppendOnly"/> says otherwise.
    /// </summary>
    /// <param name="redis">The replication.</param>
    /// <param name="name">
    /// What the names of the volumes start with; a run that finds another one using them does not start. If it is not given, each
    /// checkout has volumes of its own, and of two runs at the same time each.
    /// </param>
    /// <param name="isReadOnly">Whether nodes only begin with the snapshot that is there, and keep nothing.</param>
    /// <returns>The replication.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> has other characters than letters, digits, dots, hyphens and underscores.</exception>
    public static IResourceBuilder<RedisReplicationResource> WithDataVolume(
        this IResourceBuilder<RedisReplicationResource> redis, string? name = null, bool isReadOnly = false)
    {
        if (name is not null && !VolumeName().IsMatch(name))
            throw new ArgumentException($"'{name}' cannot name a volume: letters, digits, dots, hyphens and underscores are expected.", nameof(name));
        return redis.With(settings => settings with { Data = new(Directory: null, name, isReadOnly) });
    }

    /// <summary>
    /// Keeps data and roles between runs in a directory of this machine. Nodes store a snapshot each minute, unless
    /// <see cref="WithPersistence"/> or <see cref="WithAppendOnly"/> says otherwise.
    /// </summary>
    /// <param name="redis">The replication.</param>
    /// <param name="source">The directory, relative to the current one; it is made if it is not there. A run that finds another one using it does not start.</param>
    /// <param name="isReadOnly">Whether nodes only begin with the snapshot that is there, and keep nothing.</param>
    /// <returns>The replication.</returns>
    public static IResourceBuilder<RedisReplicationResource> WithDataBindMount(
        this IResourceBuilder<RedisReplicationResource> redis, string source, bool isReadOnly = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        return redis.With(settings => settings with { Data = new(source, Volume: null, isReadOnly) });
    }

    /// <summary>
    /// Sets whether containers go on when the app host ends. Persistent ones need the same ports in every run
    /// (<see cref="WithHostPort"/>), and an app host with user secrets, where generated passwords are kept. Processes end with
    /// the app host in any case.
    /// </summary>
    /// <param name="redis">The replication.</param>
    /// <param name="lifetime">How long containers live.</param>
    /// <returns>The replication.</returns>
    public static IResourceBuilder<RedisReplicationResource> WithLifetime(this IResourceBuilder<RedisReplicationResource> redis, ContainerLifetime lifetime)
    {
        redis.With(settings => settings with { IsPersistent = lifetime == ContainerLifetime.Persistent });
        if (redis.ApplicationBuilder.ExecutionContext.IsPublishMode)
            return redis;
        foreach (var member in redis.Resource.Members)
            redis.ApplicationBuilder.CreateResourceBuilder(member.Resource).WithLifetime(lifetime);
        if (lifetime == ContainerLifetime.Persistent)
            redis.Resource.Credentials.Keep(redis.ApplicationBuilder);
        return redis;
    }

    /// <summary>
    /// Adds the commands <i>Kill</i>, <i>Pause</i> and <i>Resume</i> to nodes and sentinels, to see on the dashboard how an
    /// application bears a crash or a hang.
    /// </summary>
    /// <inheritdoc cref="RunAsProcesses" path="/param | /returns"/>
    public static IResourceBuilder<RedisReplicationResource> WithFaultInjection(this IResourceBuilder<RedisReplicationResource> redis)
    {
        ArgumentNullException.ThrowIfNull(redis);
        if (redis.Resource.InjectsFaults || redis.ApplicationBuilder.ExecutionContext.IsPublishMode)
            return redis;
        redis.Resource.InjectsFaults = true;
        foreach (var member in redis.Resource.Members)
            redis.ApplicationBuilder.CreateResourceBuilder(member.Resource).WithFaultCommands(redis.Resource, member);
        return redis;
    }

    /// <summary>Adds Redis Insight, configured with every node. Where nodes run as processes there is none, which is logged.</summary>
    /// <param name="redis">The replication.</param>
    /// <param name="configureContainer">Configures its container.</param>
    /// <param name="containerName">The name of its container.</param>
    /// <returns>The replication.</returns>
    public static IResourceBuilder<RedisReplicationResource> WithRedisInsight(
        this IResourceBuilder<RedisReplicationResource> redis, Action<IResourceBuilder<Redis.RedisInsightResource>>? configureContainer = null, string? containerName = null) =>
        redis.WithTool(master => master.WithRedisInsight(configureContainer, containerName));

    /// <summary>Adds Redis Commander, configured with every node. Where nodes run as processes there is none, which is logged.</summary>
    /// <inheritdoc cref="WithRedisInsight" path="/param | /returns"/>
    public static IResourceBuilder<RedisReplicationResource> WithRedisCommander(
        this IResourceBuilder<RedisReplicationResource> redis, Action<IResourceBuilder<Redis.RedisCommanderResource>>? configureContainer = null, string? containerName = null) =>
        redis.WithTool(master => master.WithRedisCommander(configureContainer, containerName));

    private static IResourceBuilder<RedisReplicationResource> With(
        this IResourceBuilder<RedisReplicationResource> redis, Func<RedisNodeSettings, RedisNodeSettings> change)
    {
        ArgumentNullException.ThrowIfNull(redis);
        redis.Resource.Settings = change(redis.Resource.Settings);
        return redis;
    }

    private static IResourceBuilder<RedisReplicationResource> RunAs(this IResourceBuilder<RedisReplicationResource> redis, RedisRuntime runtime)
    {
        ArgumentNullException.ThrowIfNull(redis);
        redis.Resource.WantedRuntime = runtime;
        return redis;
    }

    // What it adds is taken out of the model again where no container can run.
    private static IResourceBuilder<RedisReplicationResource> WithTool(this IResourceBuilder<RedisReplicationResource> redis, Action<IResourceBuilder<RedisResource>> add)
    {
        ArgumentNullException.ThrowIfNull(redis);
        var resources = redis.ApplicationBuilder.Resources;
        var before = resources.ToHashSet();
        add(redis.ApplicationBuilder.CreateResourceBuilder(redis.Resource.Nodes.First()));
        redis.Resource.Tools.AddRange(resources.Where(resource => !before.Contains(resource)));
        return redis;
    }

    [GeneratedRegex("^[0-9]+([kKmMgG]?[bB]|[kKmMgG])?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Size();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_.-]*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VolumeName();
}
