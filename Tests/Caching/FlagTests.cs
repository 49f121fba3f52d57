using Microsoft.Extensions.Caching.Hybrid;
using RedisAspire.Caching;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

/// <summary>Every flag of HybridCache, alone.</summary>
public sealed class FlagTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private readonly RedisReplication _redis = fixture.Redis;
    private readonly string _key = $"key-{Guid.NewGuid():N}";
    private CacheHost _host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await CacheHost.StartAsync(_redis);
        await Eventually.HoldsAsync("the near cache is on", () => _host.Near.IsOn);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Without_reading_near_a_near_value_is_read_from_Redis()
    {
        await NearAsync();

        Assert.Equal(CacheLevel.Redis, (await LookUpAsync(HybridCacheEntryFlags.DisableLocalCacheRead)).Level);
        Assert.Equal(CacheLevel.Near, (await LookUpAsync(HybridCacheEntryFlags.None)).Level);
    }

    [Fact]
    public async Task Without_writing_near_a_value_never_comes_near_and_one_that_is_near_is_used()
    {
        await LookUpAsync(HybridCacheEntryFlags.DisableLocalCacheWrite);
        for (var i = 0; i < 3; i++)
            Assert.Equal(CacheLevel.Redis, (await LookUpAsync(HybridCacheEntryFlags.DisableLocalCacheWrite)).Level);
        await NearAsync();

        Assert.Equal(CacheLevel.Near, (await LookUpAsync(HybridCacheEntryFlags.DisableLocalCacheWrite)).Level);
    }

    [Fact]
    public async Task Without_reading_from_Redis_the_source_is_asked_and_what_it_says_is_stored()
    {
        await _host.Cache.SetAsync(_key, "old", cancellationToken: Cancellation);

        var lookup = await LookUpAsync(HybridCacheEntryFlags.DisableDistributedCacheRead);

        Assert.Equal((CacheLevel.Source, "source"), (lookup.Level, lookup.Value));
        Assert.Equal("source", (string?)await _redis.Master.ExecuteAsync("GET", _key));
    }

    [Fact]
    public async Task Without_writing_to_Redis_nothing_is_stored_and_what_is_there_is_read()
    {
        Assert.Equal(CacheLevel.Source, (await LookUpAsync(HybridCacheEntryFlags.DisableDistributedCacheWrite)).Level);
        await _host.Cache.SetAsync(_key, "ignored", new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableDistributedCacheWrite }, cancellationToken: Cancellation);
        Assert.True((await _redis.Master.ExecuteAsync("GET", _key)).IsNull);

        await _host.Cache.SetAsync(_key, "stored", cancellationToken: Cancellation);
        Assert.Equal("stored", (await LookUpAsync(HybridCacheEntryFlags.DisableDistributedCacheWrite)).Value);
    }

    [Fact]
    public async Task Without_the_source_there_is_the_value_or_none()
    {
        Assert.Null((await LookUpAsync(HybridCacheEntryFlags.DisableUnderlyingData)).Value);
        Assert.True((await _redis.Master.ExecuteAsync("GET", _key)).IsNull);

        await _host.Cache.SetAsync(_key, "stored", cancellationToken: Cancellation);
        Assert.Equal("stored", (await LookUpAsync(HybridCacheEntryFlags.DisableUnderlyingData)).Value);
    }

    [Fact]
    public async Task Values_that_may_be_missing_are_remembered_as_such()
    {
        var calls = 0;
        var options = new CacheEntryOptions { NegativeExpiration = TimeSpan.FromSeconds(20) };
        for (var i = 0; i < 3; i++)
        {
            Assert.Null((await _host.Cache.LookupAsync<int?>(_key, _ =>
            {
                calls++;
                return ValueTask.FromResult<int?>(null);
            }, options, cancellationToken: Cancellation)).Value);
        }

        Assert.Equal(1, calls);
    }

    private Task NearAsync() => Eventually.HoldsAsync("the value is near", async () => (await LookUpAsync(HybridCacheEntryFlags.None)).Level == CacheLevel.Near);

    private ValueTask<CacheLookup<string>> LookUpAsync(HybridCacheEntryFlags flags) =>
        _host.Cache.LookupAsync(_key, _ => ValueTask.FromResult("source"), new CacheEntryOptions { Flags = flags }, cancellationToken: Cancellation);
}
