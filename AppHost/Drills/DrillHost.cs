namespace RedisAspire.AppHost.Drills;

/// <summary>Answers the API on loopback, as long as the app host runs.</summary>
internal sealed class DrillHost(ResourceCommandService commands, ResourceNotificationService notifications) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private Task<ControlServer>? _server;

    /// <summary>Where it listens; it is started when this is first asked for.</summary>
    public async Task<Uri> GetAddressAsync(RedisReplicationResource redis, ParameterResource adminKey, CancellationToken cancellationToken)
    {
        Task<ControlServer> server;
        lock (_lock)
            server = _server ??= StartAsync(redis, adminKey, cancellationToken);
        return (await server).Address;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await (await _server).DisposeAsync();
    }

    private async Task<ControlServer> StartAsync(RedisReplicationResource redis, ParameterResource adminKey, CancellationToken cancellationToken)
    {
        var key = await adminKey.GetValueAsync(cancellationToken);
        return await ControlServer.StartAsync(new DrillEndpoints(redis, commands, notifications).Map, key!, cancellationToken);
    }
}
