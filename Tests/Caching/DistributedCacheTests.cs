using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

public sealed class DistributedCacheTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private readonly string _key = $"key-{Guid.NewGuid():N}";
    private CacheHost _host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IDistributedCache Cache => _host.Services.GetRequiredService<IDistributedCache>();

    public async ValueTask InitializeAsync() =>
        _host = await CacheHost.StartAsync(fixture.Redis, services: services => services.AddReplicatedDistributedCache());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task What_was_set_is_there_at_once_and_gone_after_its_removal()
    {
        await Cache.SetAsync(_key, [1, 2, 3], new DistributedCacheEntryOptions(), Cancellation);
        Assert.Equal([1, 2, 3], await Cache.GetAsync(_key, Cancellation));

        await Cache.RemoveAsync(_key, Cancellation);
        Assert.Null(await Cache.GetAsync(_key, Cancellation));
    }

    [Fact]
    public async Task A_process_always_sees_its_own_writes()
    {
        for (var i = 0; i < 500; i++)
        {
            await Cache.SetStringAsync(_key, $"{i}", Cancellation);
            Assert.Equal($"{i}", await Cache.GetStringAsync(_key, Cancellation));
        }
    }

    [Fact]
    public void The_methods_that_block_do_the_same()
    {
        Cache.Set(_key, [7], new DistributedCacheEntryOptions());
        Cache.Refresh(_key);
        Assert.Equal([7], Cache.Get(_key)!);

        Cache.Remove(_key);
        Assert.Null(Cache.Get(_key));
    }

    [Fact]
    public async Task Buffers_are_read_and_written_without_copies_of_the_callers()
    {
        var cache = (IBufferDistributedCache)Cache;
        var buffer = new ArrayBufferWriter<byte>();

        await cache.SetAsync(_key, new ReadOnlySequence<byte>([4, 5]), new DistributedCacheEntryOptions(), Cancellation);

        Assert.True(await cache.TryGetAsync(_key, buffer, Cancellation));
        Assert.Equal([4, 5], buffer.WrittenSpan.ToArray());
        Assert.False(await cache.TryGetAsync(_key + ":absent", buffer, Cancellation));
    }

    [Fact]
    public async Task An_absolute_expiration_is_the_time_to_live_and_use_does_not_prolong_it()
    {
        await Cache.SetAsync(_key, [1], new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(10) }, Cancellation);
        await fixture.Redis.Master.ExecuteAsync("EXPIRE", NameOf(_key), 60);

        Assert.NotNull(await Cache.GetAsync(_key, Cancellation));

        Assert.InRange(await TimeToLiveAsync(), 1, 60);
    }

    [Fact]
    public async Task A_sliding_expiration_is_prolonged_by_use_but_not_beyond_the_absolute_one()
    {
        var options = new DistributedCacheEntryOptions { SlidingExpiration = TimeSpan.FromMinutes(5), AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(8) };
        await Cache.SetAsync(_key, [1], options, Cancellation);
        Assert.InRange(await TimeToLiveAsync(), 290, 300);

        await fixture.Redis.Master.ExecuteAsync("EXPIRE", NameOf(_key), 60);
        await Cache.RefreshAsync(_key, Cancellation);
        Assert.InRange(await TimeToLiveAsync(), 290, 300);

        await Cache.SetAsync(_key, [1], new DistributedCacheEntryOptions { SlidingExpiration = TimeSpan.FromMinutes(5), AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(2) }, Cancellation);
        await Cache.GetAsync(_key, Cancellation);
        Assert.InRange(await TimeToLiveAsync(), 100, 120);
    }

    [Fact]
    public async Task A_value_that_would_have_expired_is_refused()
    {
        var past = new DistributedCacheEntryOptions { AbsoluteExpiration = DateTimeOffset.UnixEpoch };

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Cache.SetAsync(_key, [1], past, Cancellation));
    }

    [Fact]
    public async Task Emptying_the_cache_leaves_these_values_alone()
    {
        await Cache.SetAsync(_key, [1], new DistributedCacheEntryOptions { SlidingExpiration = TimeSpan.FromMinutes(5) }, Cancellation);

        await _host.Cache.ClearAsync("", Cancellation);

        Assert.NotNull(await Cache.GetAsync(_key, Cancellation));
    }

    private static string NameOf(string key) => $"app:cache:distributed:{key}";

    private async Task<long> TimeToLiveAsync() => (long)await fixture.Redis.Master.ExecuteAsync("TTL", NameOf(_key));
}
