using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Serialization;
using RedisAspire.Caching.Telemetry;
using RedisAspire.Caching.Topology;

namespace RedisAspire.Caching;

/// <summary>Adds the cache to an application.</summary>
public static class ReplicatedCacheServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="HybridCache"/> over a replicated Redis, and <see cref="ReplicatedCache"/> for those who want
    /// to know where a value came from. The nodes are the connection strings <c>redis-master</c> and
    /// <c>redis-replica-…</c> of the configuration.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Changes the cache's options.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddReplicatedCache(this IServiceCollection services, Action<ReplicatedCacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);

        services.AddOptions<ReplicatedCacheOptions>()
            .Validate(options => options.Expiration > TimeSpan.Zero, "Expiration must be positive.")
            .Validate(options => options.OperationTimeout > TimeSpan.Zero, "OperationTimeout must be positive.");
        if (configure is not null)
            services.Configure(configure);

        services.AddOptions<RedisTopologyOptions>().Configure<IServiceProvider>(static (options, provider) =>
        {
            foreach (var (name, connectionString) in RedisNodeNames.ConnectionStrings(provider.GetService<IConfiguration>()))
                options.Nodes[name] = connectionString;
        });

        services.TryAddSingleton<RedisTopology>();
        services.AddHostedService(provider => provider.GetRequiredService<RedisTopology>());
        services.TryAddSingleton(provider => new CacheInstruments(
            provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<IOptions<ReplicatedCacheOptions>>().Value.Name));
        services.TryAddSingleton<SerializerCatalog>();
        services.TryAddSingleton<RedisStore>();
        services.TryAddSingleton(provider => new ReplicatedCache(
            provider.GetRequiredService<RedisStore>(),
            provider.GetRequiredService<SerializerCatalog>(),
            provider.GetRequiredService<CacheInstruments>(),
            provider.GetRequiredService<IOptions<ReplicatedCacheOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ReplicatedCache>>()));
        services.TryAddSingleton<HybridCache>(provider => provider.GetRequiredService<ReplicatedCache>());

        services.AddHealthChecks().AddCheck<RedisTopologyHealthCheck>("redis");
        return services;
    }
}
