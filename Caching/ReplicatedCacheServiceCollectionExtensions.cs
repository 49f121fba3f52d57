using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Lookup;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Store;
using RedisAspire.Caching.Telemetry;
using RedisAspire.Topology;

namespace RedisAspire.Caching;

/// <summary>Adds the cache to an application.</summary>
public static class ReplicatedCacheServiceCollectionExtensions
{
    /// <summary>The name of the health check of the nodes.</summary>
    internal const string TopologyCheck = "redis";

    /// <summary>The name of the health check of the near cache.</summary>
    internal const string NearCacheCheck = "near cache";

    /// <summary>
    /// Adds <see cref="HybridCache"/> over a replicated Redis, and <see cref="ReplicatedCache"/>, which also returns where a
    /// value came from. The nodes are the connection strings <c>redis-master</c> and <c>redis-replica-…</c> of the
    /// configuration: see <see cref="ReplicatedCacheOptions.ConnectionName"/>.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Configures the cache's options.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddReplicatedCache(this IServiceCollection services, Action<ReplicatedCacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        if (configure is not null)
            services.Configure(configure);
        if (services.Any(service => service.ServiceType == typeof(ReplicatedCache)))
            return services;

        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);

        services.AddOptions<ReplicatedCacheOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<ReplicatedCacheOptions>, ReplicatedCacheOptionsValidator>();

        services.AddOptions<RedisTopologyOptions>().Configure<IServiceProvider>(static (options, provider) =>
        {
            var configuration = provider.GetService<IConfiguration>();
            var connectionName = provider.GetRequiredService<IOptions<ReplicatedCacheOptions>>().Value.ConnectionName;
            foreach (var (name, connectionString) in RedisNodeNames.ConnectionStrings(configuration, connectionName))
                options.Nodes[name] = connectionString;
            foreach (var (name, connectionString) in RedisNodeNames.SentinelConnectionStrings(configuration, connectionName))
                options.Sentinels[name] = connectionString;
            configuration?.GetSection("Redis").Bind(options);
            configuration?.GetSection($"Redis:{connectionName}").Bind(options);
        });

        services.TryAddSingleton<RedisTopology>();
        services.TryAddSingleton<RedisFailover>();
        services.TryAddSingleton<RedisMaster>();
        services.TryAddSingleton<RedisReads>();
        services.TryAddSingleton<RedisNodes>();
        services.TryAddSingleton<RedisInspector>();
        services.AddHostedService(provider =>
        {
            // The cache is created with the topology, so that it follows the nodes before the first look-up.
            _ = provider.GetRequiredService<ReplicatedCache>();
            return provider.GetRequiredService<RedisTopology>();
        });
        services.TryAddSingleton(CreateInstruments);
        services.TryAddSingleton(CreateNearCache);
        services.TryAddSingleton(provider => new CacheStatistics(
            provider.GetRequiredService<CacheInstruments>().Counters, provider.GetRequiredService<NearCache>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<SerializerCatalog>();
        services.TryAddSingleton<WarningLimiter>();
        services.TryAddSingleton<RedisStore>();
        services.TryAddSingleton<EntrySweeper>();
        services.TryAddSingleton<ReadChannel>();
        services.TryAddSingleton<CoherentReader>();
        services.TryAddSingleton<TagRegistry>();
        services.TryAddSingleton<EntryCodec>();
        services.TryAddSingleton<SourceCaller>();
        services.TryAddSingleton<EntryReader>();
        services.TryAddSingleton<LeasedFiller>();
        services.TryAddSingleton<EntryFiller>();
        services.TryAddSingleton(provider => new ReplicatedCache(
            provider.GetRequiredService<EntryFiller>(),
            provider.GetRequiredService<CoherentReader>(),
            provider.GetRequiredService<ReadChannel>(),
            provider.GetRequiredService<RedisStore>(),
            provider.GetRequiredService<EntrySweeper>(),
            provider.GetRequiredService<NearCache>(),
            provider.GetRequiredService<TagRegistry>(),
            provider.GetRequiredService<EntryCodec>(),
            provider.GetRequiredService<CacheInstruments>(),
            provider.GetRequiredService<IOptions<ReplicatedCacheOptions>>()));
        // It is added even if there is one already, because the last registration is used.
        services.AddSingleton<HybridCache>(provider => provider.GetRequiredService<ReplicatedCache>());

        services.AddHealthChecks().AddCheck<RedisTopologyHealthCheck>(TopologyCheck).AddCheck<NearCacheHealthCheck>(NearCacheCheck);
        return services;
    }

    /// <summary>
    /// Adds <see cref="IDistributedCache"/> over the same Redis nodes, for output caching, sessions and data protection. It
    /// calls <see cref="AddReplicatedCache"/> as well.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddReplicatedDistributedCache(this IServiceCollection services)
    {
        services.AddReplicatedCache();
        // It is added even if there is one already, because MVC and others register one that keeps everything in the process.
        services.AddSingleton<IDistributedCache, ReplicatedDistributedCache>();
        return services;
    }

    private static CacheInstruments CreateInstruments(IServiceProvider provider)
    {
        var instruments = new CacheInstruments(
            provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IOptions<ReplicatedCacheOptions>>().Value.Name);
        instruments.Observe(provider.GetRequiredService<RedisTopology>());
        instruments.Observe(provider.GetRequiredService<NearCache>());
        return instruments;
    }

    private static NearCache CreateNearCache(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<ReplicatedCacheOptions>>().Value;
        return new NearCache(
            new NearCacheOptions { MaximumEntries = options.MaximumNearEntries, MaximumBytes = options.MaximumNearBytes },
            provider.GetRequiredService<TimeProvider>());
    }
}
