using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisAspire.Caching;
using RedisAspire.Caching.Store;
using RedisAspire.Caching.Telemetry;
using RedisAspire.Topology;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds the cache to a service of an Aspire application, by the name of the replication there.</summary>
public static class RedisReplicationClientExtensions
{
    /// <summary>
    /// Adds <see cref="HybridCache"/> over a replication that the app host has referenced, with health checks, traces and
    /// metrics: see <see cref="ReplicatedCacheServiceCollectionExtensions.AddReplicatedCache"/>.
    /// </summary>
    /// <example>
    /// <code lang="csharp">
    /// builder.AddRedisReplicationClient("redis");
    /// </code>
    /// </example>
    /// <param name="builder">The service's host.</param>
    /// <param name="connectionName">The name of the connection, which is the resource's name if the app host says nothing else.</param>
    /// <param name="configureSettings">Changes the settings, which are in the sections <c>Aspire:RedisAspire:Caching</c> and <c>Aspire:RedisAspire:Caching:{connectionName}</c>.</param>
    /// <param name="configureOptions">Changes the cache's options, which are in the section <c>CacheOptions</c> of these.</param>
    public static void AddRedisReplicationClient(
        this IHostApplicationBuilder builder, string connectionName, Action<RedisReplicationSettings>? configureSettings = null, Action<ReplicatedCacheOptions>? configureOptions = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);
        var settings = AddTelemetry(builder, connectionName, configureSettings);
        builder.Services.AddReplicatedCache(options => Configure(options, options.Name, builder.Configuration, connectionName, configureOptions));
        if (settings.DisableHealthChecks)
            builder.Services.Configure<HealthCheckServiceOptions>(RemoveChecks);

        static void RemoveChecks(HealthCheckServiceOptions options)
        {
            foreach (var check in options.Registrations.Where(check => check.Name is ReplicatedCacheServiceCollectionExtensions.TopologyCheck or ReplicatedCacheServiceCollectionExtensions.NearCacheCheck).ToArray())
                options.Registrations.Remove(check);
        }
    }

    /// <summary>
    /// Adds a keyed <see cref="HybridCache"/> over one of several replications: everything about it, also <see cref="ReplicatedCache"/>,
    /// <see cref="RedisTopology"/> and <see cref="RedisFailover"/>, has the key <paramref name="name"/>.
    /// </summary>
    /// <example>
    /// <code lang="csharp">
    /// builder.AddKeyedRedisReplicationClient("orders");
    /// app.MapGet("/", ([FromKeyedServices("orders")] HybridCache cache) => …);
    /// </code>
    /// </example>
    /// <param name="builder">The service's host.</param>
    /// <param name="name">The name of the connection, and the key.</param>
    /// <param name="configureSettings">Changes the settings, which are in the sections <c>Aspire:RedisAspire:Caching</c> and <c>Aspire:RedisAspire:Caching:{name}</c>.</param>
    /// <param name="configureOptions">Changes the cache's options, which are in the section <c>CacheOptions</c> of these.</param>
    public static void AddKeyedRedisReplicationClient(
        this IHostApplicationBuilder builder, string name, Action<RedisReplicationSettings>? configureSettings = null, Action<ReplicatedCacheOptions>? configureOptions = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var settings = AddTelemetry(builder, name, configureSettings);
        builder.Services.AddLogging();
        builder.Services.AddMetrics();
        builder.Services.AddKeyedSingleton(name, (services, _) =>
            new KeyedReplicatedCache(services, options => Configure(options, name, services.GetService<IConfiguration>(), name, configureOptions)));
        builder.Services.AddSingleton<IHostedService>(services => services.GetRequiredKeyedService<KeyedReplicatedCache>(name));
        Add<HybridCache>();
        Add<ReplicatedCache>();
        Add<RedisTopology>();
        Add<RedisFailover>();
        if (!settings.DisableHealthChecks)
        {
            AddCheck<RedisTopologyHealthCheck>(ReplicatedCacheServiceCollectionExtensions.TopologyCheck);
            AddCheck<NearCacheHealthCheck>(ReplicatedCacheServiceCollectionExtensions.NearCacheCheck);
        }

        void Add<T>()
            where T : class => builder.Services.AddKeyedSingleton(name, (services, _) => services.GetRequiredKeyedService<KeyedReplicatedCache>(name).Get<T>());

        void AddCheck<T>(string check)
            where T : class, IHealthCheck => builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
                $"{check}_{name}", services => services.GetRequiredKeyedService<KeyedReplicatedCache>(name).Create<T>(), failureStatus: null, tags: null));
    }

    private static RedisReplicationSettings AddTelemetry(IHostApplicationBuilder builder, string name, Action<RedisReplicationSettings>? configure)
    {
        var settings = new RedisReplicationSettings();
        builder.Configuration.GetSection(RedisReplicationSettings.Section).Bind(settings);
        builder.Configuration.GetSection($"{RedisReplicationSettings.Section}:{name}").Bind(settings);
        configure?.Invoke(settings);
        if (!settings.DisableTracing)
            builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(CacheInstruments.Name));
        if (!settings.DisableMetrics)
            builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(CacheInstruments.Name));
        return settings;
    }

    private static void Configure(
        ReplicatedCacheOptions options, string cacheName, IConfiguration? configuration, string connectionName, Action<ReplicatedCacheOptions>? configure)
    {
        (options.ConnectionName, options.Name) = (connectionName, cacheName);
        configuration?.GetSection($"{RedisReplicationSettings.Section}:CacheOptions").Bind(options);
        configuration?.GetSection($"{RedisReplicationSettings.Section}:{connectionName}:CacheOptions").Bind(options);
        configure?.Invoke(options);
    }
}

/// <summary>What a service does with a replication beside caching.</summary>
public sealed class RedisReplicationSettings
{
    /// <summary>Where the settings are.</summary>
    internal const string Section = "Aspire:RedisAspire:Caching";

    /// <summary>Leaves out the checks of the nodes and of the near cache from the service's health.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Leaves the cache's traces out.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>Leaves the cache's metrics out.</summary>
    public bool DisableMetrics { get; set; }
}
