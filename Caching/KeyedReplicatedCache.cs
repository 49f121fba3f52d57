using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Lookup;
using RedisAspire.Topology;

namespace RedisAspire.Caching;

/// <summary>
/// One of several replicated caches of a service. Each has a service provider of its own, in which everything is registered as
/// in a service with one cache, and takes what it shares with the others from the service.
/// </summary>
internal sealed class KeyedReplicatedCache : IHostedService, IAsyncDisposable
{
    private readonly ServiceProvider _own;

    public KeyedReplicatedCache(IServiceProvider shared, Action<ReplicatedCacheOptions> configure)
    {
        var services = new ServiceCollection();
        services.AddSingleton(shared.GetRequiredService<ILoggerFactory>());
        services.AddSingleton(shared.GetRequiredService<IMeterFactory>());
        services.AddSingleton(shared.GetService<TimeProvider>() ?? TimeProvider.System);
        if (shared.GetService<IConfiguration>() is { } configuration)
            services.AddSingleton(configuration);
        // The application's serializers and clients.
        services.AddSingleton(own => new SerializerCatalog(shared, own.GetRequiredService<IOptions<ReplicatedCacheOptions>>()));
        services.AddSingleton(own => new RedisTopology(
            own.GetRequiredService<IOptions<RedisTopologyOptions>>(), shared, own.GetRequiredService<TimeProvider>(), own.GetRequiredService<ILogger<RedisTopology>>()));
        services.AddReplicatedCache(configure);
        _own = services.BuildServiceProvider();
    }

    /// <summary>One of its services.</summary>
    public T Get<T>()
        where T : notnull => _own.GetRequiredService<T>();

    /// <summary>Creates something that uses its services.</summary>
    public T Create<T>()
        where T : notnull => ActivatorUtilities.CreateInstance<T>(_own);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _own.GetService<IStartupValidator>()?.Validate();
        foreach (var service in _own.GetServices<IHostedService>())
            await service.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var service in _own.GetServices<IHostedService>().Reverse())
            await service.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _own.DisposeAsync();
}
