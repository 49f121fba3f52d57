using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace RedisAspire.Hosting;

/// <summary>Decides before the start what nodes and sentinels run as, and gives each a port and a place for its data.</summary>
internal static partial class RedisReplicationStart
{
    /// <summary>Has a replication prepared before the application starts.</summary>
    public static IResourceBuilder<RedisReplicationResource> WithStart(this IResourceBuilder<RedisReplicationResource> redis)
    {
        var (builder, resource) = (redis.ApplicationBuilder, redis.Resource);
        if (builder.ExecutionContext.IsPublishMode)
        {
            resource.Choice = RedisRuntimeChoice.Published;
            builder.Eventing.Subscribe<BeforeStartEvent>((_, _) =>
            {
                resource.Settings = resource.Settings.WithDefaultPersistence();
                foreach (var member in resource.Members)
                    builder.MountData(resource, member, number: 1);
                return Task.CompletedTask;
            });
            return redis;
        }

        builder.Eventing.Subscribe<BeforeStartEvent>((started, cancellationToken) => PrepareAsync(builder, resource, started, cancellationToken));
        return redis.OnInitializeResource(StartAsync);
    }

    private static async Task PrepareAsync(IDistributedApplicationBuilder builder, RedisReplicationResource redis, BeforeStartEvent started, CancellationToken cancellationToken)
    {
        var logger = started.Services.GetRequiredService<ILoggerFactory>().CreateLogger<RedisReplicationResource>();
        redis.Credentials.Check(builder.Configuration);
        redis.Settings = redis.Settings.WithDefaultPersistence();
        redis.Choice = await RedisRuntimeChoice.MakeAsync(builder.Configuration, redis.WantedRuntime, cancellationToken);
        LogChoice(logger, redis.Choice.Reason);
        if (redis.Runtime == RedisRuntime.Process)
            await RedisServerProgram.CheckAsync(cancellationToken);
        else if (redis.Settings is { IsPersistent: true, FirstPort: null or 0 })
            throw new DistributedApplicationException($"{redis.Name} is persistent, so its nodes have to have the same ports in every run: call WithHostPort.");

        var directories = started.Services.GetRequiredService<RedisDirectories>();
        directories.Open(redis, builder.AppHostDirectory);
        TakePorts(redis, redis.NodeMembers, redis.Settings.FirstPort, logger);
        TakePorts(redis, redis.SentinelMembers, redis.Settings.FirstSentinelPort, logger);
        foreach (var member in redis.Members)
        {
            builder.MountData(redis, member, directories.NumberOf(redis));
            if (redis.Runtime == RedisRuntime.Process)
                RedisProcess.Replace(member, started.Model.Resources, builder.Eventing);
        }

        if (redis.Runtime == RedisRuntime.Process)
        {
            foreach (var tool in redis.Tools.Where(started.Model.Resources.Remove))
                LogWithoutTool(logger, tool.Name);
        }
    }

    // One after the other, although some are busy. Containers of an earlier run may have them already, and keep them.
    private static void TakePorts(RedisReplicationResource redis, IEnumerable<RedisMember> members, int? first, ILogger logger)
    {
        var isKept = redis.Settings.IsPersistent && redis.Runtime == RedisRuntime.Container;
        var wanted = first is 0 ? null : first;
        var next = wanted;
        foreach (var member in members)
        {
            var port = isKept && next is not null ? next.Value : FreePorts.Take(next);
            if (wanted is not null && port != wanted)
                LogBusy(logger, wanted.Value, member.Name, port);
            member.Endpoint.EndpointAnnotation.Port = port;
            (wanted, next) = (wanted + 1, next is null ? null : port + 1);
        }
    }

    private static async Task StartAsync(RedisReplicationResource redis, InitializeResourceEvent started, CancellationToken cancellationToken)
    {
        LogChoice(started.Logger, redis.Choice!.Reason);
        started.Services.MonitorOf(redis).Start();
        await started.Eventing.PublishAsync(new BeforeResourceStartedEvent(redis, started.Services), cancellationToken);
        // From now on its health is checked, and resources that wait for it continue.
        await started.Notifications.PublishUpdateAsync(redis, snapshot => snapshot with
        {
            State = KnownResourceStates.Running,
            StartTimeStamp = DateTime.UtcNow,
            Properties = [.. snapshot.Properties, new("Runs as", redis.Runtime == RedisRuntime.Container ? $"Containers ({redis.Choice.Engine})" : "Processes")],
        });
        await started.Eventing.PublishAsync(new ConnectionStringAvailableEvent(redis, started.Services), cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "{Reason}")]
    private static partial void LogChoice(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "Port {Wanted} is in use: {Name} listens on {Port}.")]
    private static partial void LogBusy(ILogger logger, int wanted, string name, int port);

    [LoggerMessage(LogLevel.Warning, "{Name} is left out: it needs a container runtime, and Redis runs as local processes.")]
    private static partial void LogWithoutTool(ILogger logger, string name);
}
