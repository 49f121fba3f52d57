using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

/// <summary>Keys under which nothing can be cached: they cost nobody an exception, and never another key's value.</summary>
public sealed class KeyTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private readonly RedisReplication _redis = fixture.Redis;
    private CacheHost _host = null!;

    public static TheoryData<string?> Unusable { get; } = [(string?)null, "", " ", "\t\u2003", "a\nb", "a\0", "\u001f", "p\uD800", "p\uD801", "\uDC00x", new string('x', 2000)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _host = await CacheHost.StartAsync(_redis, services: services => services.AddReplicatedDistributedCache());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task An_unusable_key_goes_to_the_source_every_time(string? key)
    {
        var calls = 0;
        await _host.Cache.SetAsync(key!, -1, cancellationToken: Cancellation);

        for (var call = 1; call < 4; call++)
            Assert.Equal(call, await _host.Cache.GetOrCreateAsync(key!, _ => ValueTask.FromResult(++calls), cancellationToken: Cancellation));
        Assert.Equal(CacheLevel.Source, (await _host.Cache.LookupAsync(key!, _ => ValueTask.FromResult(++calls), cancellationToken: Cancellation)).Level);

        await _host.Cache.RemoveAsync(key!, Cancellation);
        await _host.Cache.RemoveAsync([key!, key!], Cancellation);
    }

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task An_unusable_key_has_no_value_where_the_source_is_not_to_be_called(string? key)
    {
        var options = new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableUnderlyingData };

        Assert.Null(await _host.Cache.GetOrCreateAsync(key!, _ => ValueTask.FromResult<string?>("never"), options, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task A_removal_of_several_keys_leaves_the_unusable_ones_out()
    {
        var key = $"key-{Guid.NewGuid():N}";
        await _host.Cache.SetAsync(key, "value", cancellationToken: Cancellation);

        await _host.Cache.RemoveAsync([null!, "", "p\uD800", key], Cancellation);

        Assert.True((await _redis.Master.ExecuteAsync("GET", key)).IsNull);
    }

    [Fact]
    public async Task No_keys_at_all_are_nothing_to_remove()
    {
        await _host.Cache.RemoveAsync((IEnumerable<string>)null!, Cancellation);
        await _host.Cache.RemoveByTagAsync((IEnumerable<string>)null!, Cancellation);
        await _host.Cache.RemoveByTagAsync((string)null!, Cancellation);
        await _host.Cache.RemoveByTagAsync("", Cancellation);
        await _host.Cache.RemoveByTagAsync(" ", Cancellation);
    }

    [Fact]
    public async Task A_distributed_cache_keeps_nothing_under_a_key_that_is_no_text()
    {
        var cache = _host.Services.GetRequiredService<IDistributedCache>();
        var key = $"{Guid.NewGuid():N}";

        await cache.SetAsync(key + "\uD800", [1], new DistributedCacheEntryOptions(), Cancellation);
        await cache.RefreshAsync(key + "\uD800", Cancellation);

        Assert.Null(await cache.GetAsync(key + "\uD801", Cancellation));
        Assert.Null(await cache.GetAsync(key + "\uD800", Cancellation));
        await cache.RemoveAsync(key + "\uD800", Cancellation);
    }

    [Fact]
    public async Task A_distributed_cache_takes_an_empty_key_and_refuses_none()
    {
        var cache = _host.Services.GetRequiredService<IDistributedCache>();
        await cache.SetAsync("", [1], new DistributedCacheEntryOptions(), Cancellation);

        Assert.Equal([1], await cache.GetAsync("", Cancellation));
        Assert.Equal("key", (await Assert.ThrowsAsync<ArgumentNullException>(() => cache.GetAsync(null!, Cancellation))).ParamName);
    }
}
