using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Topology;

namespace RedisAspire.Hosting;

/// <summary>Looks at all nodes every second, as a service would, and shows on the dashboard what it sees.</summary>
internal sealed class RedisReplicationMonitor(
    RedisReplicationResource redis, ResourceNotificationService notifications, IServiceProvider services, ILoggerFactory loggers) : BackgroundService
{
    /// <summary>The property on the dashboard that says which node is the master.</summary>
    public const string RoleProperty = "Role";

    private readonly TaskCompletionSource<(RedisTopology Topology, RedisFailover Failover)> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, ImmutableArray<ResourcePropertySnapshot>> _shown = new(StringComparer.Ordinal);
    private HealthStatus _shownHealth = HealthStatus.Healthy;

    /// <summary>The last look at the nodes; <see langword="null"/> before the first.</summary>
    public RedisTopologySnapshot? Snapshot => _started.Task is { IsCompletedSuccessfully: true, Result.Topology: { Ready.IsCompletedSuccessfully: true } topology } ? topology.Snapshot : null;

    /// <summary>Makes a node the master, and waits until it is.</summary>
    public async Task PromoteAsync(string name, CancellationToken cancellationToken)
    {
        var (_, failover) = await _started.Task.WaitAsync(cancellationToken);
        await failover.PromoteAsync(name, cancellationToken);
    }

    /// <summary>How a node is.</summary>
    public HealthCheckResult Check(RedisMember node) => Snapshot?.Nodes.FirstOrDefault(status => status.Name == node.Name) switch
    {
        null => HealthCheckResult.Unhealthy("Not looked at yet."),
        { IsUp: false } status => HealthCheckResult.Unhealthy($"Down: {status.Error}."),
        { Role: RedisRole.Replica, IsLinkUp: not true } => HealthCheckResult.Degraded("Its link to the master is down."),
        var status => HealthCheckResult.Healthy(Describe(status)),
    };

    /// <summary>How the whole is: healthy when there is a master that all other nodes follow.</summary>
    public HealthCheckResult Check()
    {
        if (Snapshot is not { } snapshot)
            return HealthCheckResult.Unhealthy("Not looked at yet.");
        if (snapshot.Master is null)
            return HealthCheckResult.Unhealthy("There is no master.");

        var missing = snapshot.Nodes.Where(node => node.Name != snapshot.Master && node is not { Role: RedisRole.Replica, CanRead: true }).Select(node => node.Name).ToArray();
        return missing.Length == 0
            ? HealthCheckResult.Healthy($"{snapshot.Master} is the master, {snapshot.Nodes.Count - 1} replicas follow it.")
            : HealthCheckResult.Degraded($"{snapshot.Master} is the master, but {string.Join(", ", missing)} cannot take its place.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Connection strings are known when the nodes have their ports.
        var options = Options.Create(new RedisTopologyOptions { OperatorUser = redis.Credentials.Operator.Name, SentinelServiceName = RedisConfiguration.SentinelServiceName });
        options.Value.OperatorPassword = await redis.Credentials.Operator.Password.GetValueAsync(stoppingToken);
        foreach (var member in redis.Members)
            (member.IsSentinel ? options.Value.Sentinels : options.Value.Nodes)[member.Name] = (await member.Resource.GetConnectionStringAsync(stoppingToken))!;
        foreach (var node in redis.NodeMembers)
            options.Value.PeerAddresses[node.Name] = (await node.PeerAddress(redis.Runtime).GetValueAsync(stoppingToken))!;

        // A node that has not been started yet is not down: nobody has to be told so.
        await Task.WhenAll(redis.Members.Select(member =>
            notifications.WaitForResourceAsync(member.Name, [KnownResourceStates.Running, .. KnownResourceStates.TerminalStates], stoppingToken)));
        await using var topology = new RedisTopology(options, services, TimeProvider.System, loggers.CreateLogger<RedisTopology>());
        using var failover = new RedisFailover(topology, options, TimeProvider.System, loggers.CreateLogger<RedisFailover>());
        await topology.StartAsync(stoppingToken);
        _started.SetResult((topology, failover));
        await foreach (var snapshot in topology.WatchAsync(stoppingToken))
        {
            foreach (var status in snapshot.Nodes)
                await ShowAsync(status);
            await ShowWholeAsync();
        }
    }

    private static string Describe(RedisNodeStatus status) => status.Role == RedisRole.Master
        ? string.Create(CultureInfo.InvariantCulture, $"Master of {status.ConnectedReplicas} replicas.")
        : string.Create(CultureInfo.InvariantCulture, $"Replica, {status.LagBytes ?? 0} bytes behind the master.");

    // A change of role is no change of health, and would be seen only half a minute later otherwise.
    private async Task ShowAsync(RedisNodeStatus status)
    {
        ImmutableArray<ResourcePropertySnapshot> properties =
        [
            new(RoleProperty, status.IsUp ? status.Role.ToString() : "Unknown") { IsHighlighted = true },
            new("Link to the master", status.IsLinkUp switch { true => "Up", false => "Down", null => "None" }) { IsHighlighted = true },
            new("Lag in bytes", status.LagBytes) { IsHighlighted = true },
        ];
        if (_shown.TryGetValue(status.Name, out var before) && before.SequenceEqual(properties))
            return;
        _shown[status.Name] = properties;
        var member = redis.Members.First(member => member.Name == status.Name);
        // The list of resources shows no properties, but addresses. They are read from the annotation whenever the node starts.
        var address = member.AddressOf(status.IsUp ? status.Role.ToString() : "Redis");
        foreach (var url in member.Resource.Annotations.OfType<ResourceUrlAnnotation>())
            url.DisplayText = address;
        await notifications.PublishUpdateAsync(member.Resource, snapshot => snapshot with
        {
            Properties = [.. snapshot.Properties.Where(property => properties.All(shown => shown.Name != property.Name)), .. properties],
            Urls = [.. snapshot.Urls.Select(url => url with { DisplayProperties = url.DisplayProperties with { DisplayName = address } })],
        });
    }

    // The state rather than only the health, which would be seen only half a minute later as well.
    private async Task ShowWholeAsync()
    {
        var health = Check().Status;
        if (health == _shownHealth)
            return;
        _shownHealth = health;
        var state = health switch
        {
            HealthStatus.Healthy => new ResourceStateSnapshot(KnownResourceStates.Running, Style: null),
            HealthStatus.Degraded => new ResourceStateSnapshot("Degraded", KnownResourceStateStyles.Warn),
            _ => new ResourceStateSnapshot("No master", KnownResourceStateStyles.Error),
        };
        await notifications.PublishUpdateAsync(redis, snapshot => snapshot with { State = state });
    }
}
