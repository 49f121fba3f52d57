using Microsoft.Extensions.DependencyInjection;

namespace RedisAspire.AppHost.FaultInjection;

/// <summary>Lets a service inject faults into the nodes, while the application runs on a developer's machine.</summary>
internal static class FaultInjectionExtensions
{
    /// <summary>Gives a service the address at which it may have nodes stopped and started: <c>FaultInjection__Address</c>. Published services do not get one.</summary>
    /// <typeparam name="T">The kind of service.</typeparam>
    /// <param name="service">The service.</param>
    /// <param name="redis">The nodes.</param>
    /// <param name="adminKey">The key that its requests must carry.</param>
    /// <returns>The service.</returns>
    public static IResourceBuilder<T> WithFaultInjection<T>(
        this IResourceBuilder<T> service, IResourceBuilder<RedisReplicationResource> redis, IResourceBuilder<ParameterResource> adminKey)
        where T : IResourceWithEnvironment
    {
        var builder = service.ApplicationBuilder;
        if (builder.ExecutionContext.IsPublishMode)
            return service;

        builder.Services.AddSingleton<FaultInjectionHost>();
        return service.WithEnvironment(async context =>
        {
            var host = context.ExecutionContext.Services.GetRequiredService<FaultInjectionHost>();
            context.EnvironmentVariables["FaultInjection__Address"] = (await host.GetAddressAsync(redis.Resource, adminKey.Resource, context.CancellationToken)).ToString();
        });
    }
}

/// <summary>Runs the control server, as long as the app host runs.</summary>
internal sealed class FaultInjectionHost(ResourceCommandService commands, ResourceNotificationService notifications) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private Task<ControlServer>? _server;

    /// <summary>The address of the server, which is started by the first call.</summary>
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
        var endpoints = new FaultInjectionEndpoints(redis, commands, notifications);
        return await ControlServer.StartAsync(endpoints.Map, endpoints.States, key!, cancellationToken);
    }
}
