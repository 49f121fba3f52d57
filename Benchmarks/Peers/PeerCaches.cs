using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.RedisProcesses;
using StackExchange.Redis;
using ZiggyCreatures.Caching.Fusion;
using ZiggyCreatures.Caching.Fusion.Backplane.StackExchangeRedis;
using ZiggyCreatures.Caching.Fusion.Serialization.SystemTextJson;

namespace RedisAspire.Benchmarks.Peers;

/// <summary>The caches to stand beside, each over Redis, with their defaults but for the lifetime of entries.</summary>
internal static class PeerCaches
{
    /// <summary>Longer than any run: no entry expires while it is measured.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromHours(1);

    /// <summary>A connection to the master for a peer: the user of our services may not use FusionCache's channel.</summary>
    public static string ConnectionStringOf(RedisReplication redis) => $"127.0.0.1:{redis.Master.Port},user={redis.Users.Admin.Name},password={redis.Users.Admin.Password}";

    /// <summary>Adds Microsoft's HybridCache over Redis.</summary>
    /// <param name="services">The services.</param>
    /// <param name="redis">The connection to Redis.</param>
    /// <param name="prefix">The prefix of its keys.</param>
    public static IServiceCollection AddMicrosoftHybridCache(this IServiceCollection services, IConnectionMultiplexer redis, string prefix = "hybrid:")
    {
        services.AddStackExchangeRedisCache(options =>
        {
            options.ConnectionMultiplexerFactory = () => Task.FromResult(redis);
            options.InstanceName = prefix;
        });
        services.AddHybridCache(options => options.DefaultEntryOptions = new HybridCacheEntryOptions { Expiration = Lifetime, LocalCacheExpiration = Lifetime });
        return services;
    }

    /// <summary>Adds FusionCache over Redis.</summary>
    /// <param name="services">The services.</param>
    /// <param name="redis">The connection to Redis.</param>
    /// <param name="prefix">The prefix of its keys.</param>
    /// <param name="hasBackplane">Whether instances notify each other.</param>
    public static IServiceCollection AddFusionCacheOverRedis(this IServiceCollection services, IConnectionMultiplexer redis, string prefix = "fusion:", bool hasBackplane = true)
    {
        var fusion = services.AddFusionCache()
            .WithDefaultEntryOptions(options => options.Duration = Lifetime)
            .WithSerializer(new FusionCacheSystemTextJsonSerializer())
            .WithDistributedCache(new RedisCache(new RedisCacheOptions { ConnectionMultiplexerFactory = () => Task.FromResult(redis), InstanceName = prefix }));
        if (hasBackplane)
            fusion.WithBackplane(new RedisBackplane(new RedisBackplaneOptions { ConnectionMultiplexerFactory = () => Task.FromResult(redis) }));
        return services;
    }
}
