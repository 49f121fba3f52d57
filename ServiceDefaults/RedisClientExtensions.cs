using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Trace;
using StackExchange.Redis;

namespace RedisAspire.ServiceDefaults;

/// <summary>Adds Redis connections through Aspire.StackExchange.Redis.</summary>
public static class RedisClientExtensions
{
    /// <summary>Adds a traced, keyed <see cref="IConnectionMultiplexer"/> for each named connection string.</summary>
    public static TBuilder AddRedisClients<TBuilder>(this TBuilder builder, IEnumerable<string> names, Action<ConfigurationOptions> configure)
        where TBuilder : IHostApplicationBuilder
    {
        var isExported = ServiceDefaultsExtensions.IsExported(builder.Configuration);
        if (isExported)
            builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(RedisCommandSpans.Name).AddProcessor<RedisCommandSpans>());
        foreach (var name in names)
        {
            builder.AddKeyedRedisClient(
                name,
                settings =>
                {
                    // A node that is down must not keep the service from starting, nor from being healthy.
                    settings.DisableAutoActivation = true;
                    settings.DisableHealthChecks = true;
                    // Its spans would repeat those that the cache writes for its own commands.
                    settings.DisableTracing = true;
                },
                configure);
            if (isExported)
                WatchCommands(builder.Services, name);
        }
        return builder;
    }

    private static void WatchCommands(IServiceCollection services, string name)
    {
        var client = services.Last(service => service.ServiceType == typeof(IConnectionMultiplexer) && Equals(service.ServiceKey, name));
        services.Remove(client);
        services.AddKeyedSingleton(name, (provider, key) =>
        {
            var connection = (IConnectionMultiplexer)client.KeyedImplementationFactory!(provider, key);
            provider.GetRequiredService<RedisCommandSpans>().Watch(connection, name);
            return connection;
        });
    }
}
