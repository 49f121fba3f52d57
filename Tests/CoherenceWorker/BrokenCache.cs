using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching;
using RedisAspire.Caching.Lookup;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Store;
using RedisAspire.Caching.Telemetry;
using RedisAspire.Caching.Tracking;
using RedisAspire.Topology;

namespace RedisAspire.CoherenceWorker;

/// <summary>Puts the cache's parts together wrongly. The cache itself has no switch for that.</summary>
internal static class BrokenCache
{
    /// <summary>Registers wrong parts; to be called after the cache is added, because the last registration counts.</summary>
    public static void AddBrokenParts(this IServiceCollection services, Breakage breakage)
    {
        if (breakage == Breakage.IgnoresInvalidations)
            services.AddSingleton(CreateDeafChannel);
        if (breakage == Breakage.ForgetsOwnWrites)
            services.AddSingleton(CreateForgetfulCache);
    }

    // It takes every key for one of another cache.
    private static ReadChannel CreateDeafChannel(IServiceProvider provider) => new(
        provider.GetRequiredService<RedisTopology>(),
        Options.Create(new ReplicatedCacheOptions
        {
            KeyPrefix = "another:",
            OperationTimeout = provider.GetRequiredService<IOptions<ReplicatedCacheOptions>>().Value.OperationTimeout,
        }),
        provider.GetRequiredService<NearCache>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<TrackedConnection>>());

    // Writes are reported to a reader, and with it to a near cache, that nobody reads from.
    private static ReplicatedCache CreateForgetfulCache(IServiceProvider provider)
    {
        var unused = new NearCache(new NearCacheOptions(), TimeProvider.System);
        var reader = new CoherentReader(
            provider.GetRequiredService<RedisStore>(),
            provider.GetRequiredService<RedisTopology>(),
            provider.GetRequiredService<ReadChannel>(),
            unused,
            provider.GetRequiredService<CacheInstruments>(),
            provider.GetRequiredService<ILogger<CoherentReader>>());
        return new ReplicatedCache(
            provider.GetRequiredService<EntryFiller>(),
            reader,
            provider.GetRequiredService<ReadChannel>(),
            provider.GetRequiredService<RedisStore>(),
            provider.GetRequiredService<EntrySweeper>(),
            provider.GetRequiredService<NearCache>(),
            provider.GetRequiredService<TagRegistry>(),
            provider.GetRequiredService<EntryCodec>(),
            provider.GetRequiredService<CacheInstruments>(),
            provider.GetRequiredService<IOptions<ReplicatedCacheOptions>>());
    }
}
