using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisAspire.Standalone.Drills;

namespace RedisAspire.AppHost.Drills;

/// <summary>Answers the API on loopback, as long as the app host runs.</summary>
internal sealed class DrillHost(ResourceCommandService commands, ResourceNotificationService notifications, HealthCheckService health) : IAsyncDisposable
{
    private ControlServer? _server;

    /// <summary>Where it listens.</summary>
    /// <exception cref="InvalidOperationException">It has not been started.</exception>
    public Uri Address => _server?.Address ?? throw new InvalidOperationException("The drills' server has not been started.");

    public async Task StartAsync(RedisReplicationResource redis, ParameterResource adminKey, CancellationToken cancellationToken)
    {
        var key = await adminKey.GetValueAsync(cancellationToken);
        _server = await ControlServer.StartAsync(new DrillEndpoints(redis, commands, notifications, health).Map, key!, cancellationToken);
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
