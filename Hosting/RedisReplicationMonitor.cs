using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RedisAspire.Topology;

namespace RedisAspire.Hosting;

/// <summary>Polls all nodes every second, as a service does, and shows their state on the dashboard.</summary>
internal sealed partial class RedisReplicationMonitor(
    RedisReplicationResource redis, RedisDirectories directories, ResourceNotificationService notifications, ResourceLoggerService resourceLoggers,
    IHostApplicationLifetime lifetime, IServiceProvider services, ILoggerFactory loggers) : IDisposable
{
    public const string RoleProperty = "Role";

    private readonly TaskCompletionSource<(RedisTopology Topology, RedisFailover Failover)> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, ImmutableArray<ResourcePropertySnapshot>> _shown = new(StringComparer.Ordinal);
    private readonly ILogger _logger = loggers.CreateLogger<RedisReplicationMonitor>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _masterSeen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RedisMember? _lastMaster;

    // What an operator must know is in the log of the app host and in that of the replication on the dashboard.
    private ILogger[] Loggers => [_logger, resourceLoggers.GetLogger(redis)];

    /// <summary>The last snapshot of the nodes; <see langword="null"/> before the first poll.</summary>
    public RedisTopologySnapshot? Snapshot => _started.Task is { IsCompletedSuccessfully: true, Result.Topology: var topology } ? topology.Snapshot : null;

    /// <summary>Completes when a node has been seen to be the master, with the credentials of this run.</summary>
    public Task MasterSeen => _masterSeen.Task;

    /// <summary>Makes a node the master, and waits until it is.</summary>
    public async Task PromoteAsync(string name, CancellationToken cancellationToken)
    {
        var (_, failover) = await _started.Task.WaitAsync(cancellationToken);
        await failover.PromoteAsync(name, cancellationToken);
    }

    /// <summary>The node that a starting member must follow: the master, or the last known one. A node that was the master itself starts as the master.</summary>
    public RedisMember MasterFor(RedisMember member)
    {
        var (known, now) = (_lastMaster?.Name ?? directories.LastMasterOf(redis), Snapshot?.Master);
        // A node that has just been started cannot be the master, whatever the last snapshot has.
        var name = now is null || now == member.Name ? known : now;
        return redis.NodeMembers.FirstOrDefault(node => node.Name == name) ?? redis.NodeMembers.First();
    }

    /// <summary>The health of a node.</summary>
    public async Task<HealthCheckResult> CheckAsync(RedisMember node, CancellationToken cancellationToken) =>
        (await LookAsync(cancellationToken)).Nodes.First(status => status.Name == node.Name) switch
        {
            { IsUp: false } status => HealthCheckResult.Unhealthy($"Down: {status.Error}."),
            { Role: RedisRole.Replica, IsLinkUp: not true } => HealthCheckResult.Degraded("Its link to the master is down."),
            var status => HealthCheckResult.Healthy(Describe(status)),
        };

    /// <summary>
    /// The health of the replication: healthy when there is a master. Missing replicas or sentinels are in the description and
    /// have a health of their own, because resources that wait for the replication must not wait for them.
    /// </summary>
    public async Task<HealthCheckResult> CheckAsync(CancellationToken cancellationToken) => await LookAsync(cancellationToken) switch
    {
        { Master: null } => HealthCheckResult.Unhealthy("There is no master."),
        var snapshot => HealthCheckResult.Healthy($"{snapshot.Master} is the master. {Missing(snapshot)}"),
    };

    /// <summary>Logs that a node or sentinel has exited, or could not be started, for example without its image.</summary>
    public void SayStopped(string name, int? exitCode)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return;
        foreach (var logger in Loggers)
        {
            if (exitCode is { } code)
                LogStopped(logger, name, code);
            else
                LogNotStarted(logger, name);
        }
    }

    /// <summary>Watches the nodes until the application is stopped: before they end, so that nothing is said of their end.</summary>
    public void Start()
    {
        lifetime.ApplicationStopping.Register(_stopping.Cancel);
        _ = RunAsync(_stopping.Token);
    }

    /// <inheritdoc/>
    // An application that failed to start is disposed of and never stopped.
    public void Dispose() => _stopping.Cancel();

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WatchAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The application ends.
        }
        // The failure is logged and shown. Nodes and services go on unwatched, and must not end because of it.
        catch (Exception failure)
        {
            _started.TrySetException(failure);
            foreach (var logger in Loggers)
                LogFailed(logger, failure, redis.Name);
            await notifications.PublishUpdateAsync(redis, snapshot => snapshot with { State = new ResourceStateSnapshot(KnownResourceStates.RuntimeUnhealthy, KnownResourceStateStyles.Error) });
        }
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        // Connection strings are known as soon as the nodes have their ports.
        var options = Options.Create(new RedisTopologyOptions { OperatorUser = RedisUsers.OperatorName, SentinelServiceName = RedisConfiguration.SentinelServiceName });
        options.Value.OperatorPassword = await redis.Credentials.Operator.GetValueAsync(cancellationToken);
        foreach (var member in redis.Members)
            (member.IsSentinel ? options.Value.Sentinels : options.Value.Nodes)[member.Name] = (await member.ConnectionString.GetValueAsync(cancellationToken))!;
        foreach (var node in redis.NodeMembers)
            options.Value.PeerAddresses[node.Name] = (await node.PeerAddress(redis.Runtime).GetValueAsync(cancellationToken))!;

        // A node that has not been started yet is not down.
        await Task.WhenAll(redis.NodeMembers.Select(member =>
            notifications.WaitForResourceAsync(member.Name, [KnownResourceStates.Running, .. KnownResourceStates.TerminalStates], cancellationToken)));
        // An exit is logged at once elsewhere; sentinels start only when there is a master.
        await using var topology = new RedisTopology(options, services, TimeProvider.System, NullLogger<RedisTopology>.Instance);
        using var failover = new RedisFailover(topology, options, TimeProvider.System, loggers.CreateLogger<RedisFailover>());
        await topology.StartAsync(cancellationToken);
        _started.SetResult((topology, failover));
        var isFailing = false;
        await foreach (var snapshot in topology.WatchAsync(cancellationToken))
        {
            try
            {
                Remember(snapshot);
                foreach (var status in snapshot.Nodes)
                    await ShowAsync(status);
                await ShowAsync(snapshot, topology.SentinelStatuses);
                isFailing = false;
            }
            // The next poll follows in a second, also after a failure such as a full disk, to which the master is written.
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                if (!isFailing)
                    LogNotShown(_logger, failure, redis.Name);
                isFailing = true;
            }
        }
    }

    private async Task<RedisTopologySnapshot> LookAsync(CancellationToken cancellationToken)
    {
        var (topology, _) = await _started.Task.WaitAsync(cancellationToken);
        return topology.Snapshot;
    }

    private static string Describe(RedisNodeStatus status) => status.Role == RedisRole.Master
        ? string.Create(CultureInfo.InvariantCulture, $"Master of {status.ConnectedReplicas} replicas.")
        : string.Create(CultureInfo.InvariantCulture, $"Replica, {status.LagBytes ?? 0} bytes behind the master.");

    private static string[] MissingNodes(RedisTopologySnapshot snapshot) =>
        [.. snapshot.Nodes.Where(node => node.Name != snapshot.Master && node is not { Role: RedisRole.Replica, CanRead: true }).Select(node => node.Name)];

    private static string Missing(RedisTopologySnapshot snapshot) => MissingNodes(snapshot) is { Length: > 0 } missing
        ? $"{string.Join(", ", missing)} cannot take its place."
        : string.Create(CultureInfo.InvariantCulture, $"{snapshot.Nodes.Count - 1} replicas follow it.");

    private void Remember(RedisTopologySnapshot snapshot)
    {
        if (snapshot.Master is not { } master || _lastMaster?.Name == master)
            return;
        foreach (var logger in _lastMaster is null ? [] : Loggers)
            LogMaster(logger, master, _lastMaster!.Name);
        _lastMaster = redis.NodeMembers.First(node => node.Name == master);
        directories.RememberMaster(redis, master);
        _masterSeen.TrySetResult();
    }

    // A change of role is no change of health. Without this it would be shown half a minute later.
    private Task ShowAsync(RedisNodeStatus status)
    {
        var member = redis.Members.First(member => member.Name == status.Name);
        // The list of resources shows no properties, but addresses.
        member.Role = status.IsUp ? status.Role.ToString() : "Redis";
        return ShowAsync(
            member.Running,
            [
                new(RoleProperty, status.IsUp ? status.Role.ToString() : "Unknown") { IsHighlighted = true },
                new("Link to the master", status.IsLinkUp switch { true => "Up", false => "Down", null => "None" }) { IsHighlighted = true },
                new("Lag in bytes", status.LagBytes) { IsHighlighted = true },
            ],
            shown => shown with { Urls = [.. shown.Urls.Select(url => url with { DisplayProperties = url.DisplayProperties with { DisplayName = member.Address } })] });
    }

    // The state stays Running, so that no resource waits because a replica is down; its style and the properties show what is missing.
    private Task ShowAsync(RedisTopologySnapshot snapshot, IReadOnlyList<RedisSentinelStatus> sentinels)
    {
        var (missing, answering) = (MissingNodes(snapshot), sentinels.Count(sentinel => sentinel.Answers));
        var style = snapshot.Master is null ? KnownResourceStateStyles.Error : missing.Length > 0 || answering < sentinels.Count ? KnownResourceStateStyles.Warn : null;
        return ShowAsync(
            redis,
            [
                new("Master", snapshot.Master ?? "None") { IsHighlighted = true },
                new("Replicas in touch", string.Create(CultureInfo.InvariantCulture, $"{snapshot.Nodes.Count - 1 - missing.Length} of {snapshot.Nodes.Count - 1}")) { IsHighlighted = true },
                new("Sentinels", string.Create(CultureInfo.InvariantCulture, $"{answering} of {sentinels.Count}")) { IsHighlighted = true },
            ],
            shown => shown with { State = new ResourceStateSnapshot(KnownResourceStates.Running, style) });
    }

    // Nothing is published again that is shown already.
    private async Task ShowAsync(IResource resource, ImmutableArray<ResourcePropertySnapshot> properties, Func<CustomResourceSnapshot, CustomResourceSnapshot> change)
    {
        if (_shown.TryGetValue(resource.Name, out var before) && before.SequenceEqual(properties))
            return;
        _shown[resource.Name] = properties;
        await notifications.PublishUpdateAsync(
            resource, shown => change(shown) with { Properties = [.. shown.Properties.Where(property => properties.All(changed => changed.Name != property.Name)), .. properties] });
    }

    [LoggerMessage(LogLevel.Warning, "{Name} exited with code {ExitCode}.")]
    private static partial void LogStopped(ILogger logger, string name, int exitCode);

    [LoggerMessage(LogLevel.Warning, "{Name} could not be started. Its own log has the reason.")]
    private static partial void LogNotStarted(ILogger logger, string name);

    [LoggerMessage(LogLevel.Information, "{Master} is the master now, instead of {Before}.")]
    private static partial void LogMaster(ILogger logger, string master, string before);

    [LoggerMessage(LogLevel.Error, "The state of the nodes of {Name} could not be shown on the dashboard. The next poll is another attempt.")]
    private static partial void LogNotShown(ILogger logger, Exception failure, string name);

    [LoggerMessage(LogLevel.Critical, "The monitor of {Name} has failed. Roles and health on the dashboard are no longer updated.")]
    private static partial void LogFailed(ILogger logger, Exception failure, string name);
}
