using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching;

namespace RedisAspire.Tests.Caching;

/// <summary>Ours wins over what an application has got before it, in whatever order it was added.</summary>
public sealed class RegistrationTests
{
    [Fact]
    public async Task Sessions_and_pages_use_the_distributed_cache_also_when_they_were_added_first()
    {
        await using var services = new ServiceCollection().AddControllersWithViews().Services.AddRazorPages().Services.AddDistributedMemoryCache()
            .AddReplicatedDistributedCache().AddDistributedMemoryCache().BuildServiceProvider();

        Assert.StartsWith("RedisAspire.", services.GetRequiredService<IDistributedCache>().GetType().FullName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hybrid_cache_is_ours_also_when_another_one_was_added_first()
    {
        await using var services = new ServiceCollection().AddSingleton<HybridCache, AnotherCache>().AddReplicatedCache().BuildServiceProvider();

        Assert.IsType<ReplicatedCache>(services.GetRequiredService<HybridCache>());
    }

    [Fact]
    public async Task What_an_application_puts_around_the_cache_stays_when_more_is_added()
    {
        await using var services = new ServiceCollection().AddReplicatedCache().AddSingleton<HybridCache, AnotherCache>()
            .AddReplicatedDistributedCache().AddReplicatedCache(options => options.KeyPrefix = "shop:").BuildServiceProvider();

        Assert.IsType<AnotherCache>(services.GetRequiredService<HybridCache>());
    }

    private sealed class AnotherCache : HybridCache
    {
        public override ValueTask<T> GetOrCreateAsync<TState, T>(
            string key,
            TState state,
            Func<TState, CancellationToken, ValueTask<T>> factory,
            HybridCacheEntryOptions? options = null,
            IEnumerable<string>? tags = null,
            CancellationToken cancellationToken = default) => factory(state, cancellationToken);

        public override ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default) => default;

        public override ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) => default;

        public override ValueTask SetAsync<T>(
            string key, T value, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default) => default;
    }
}
