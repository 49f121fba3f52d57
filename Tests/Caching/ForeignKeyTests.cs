using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisAspire.Caching;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

/// <summary>What somebody else keeps under the name of a cache key, and is no string: it is theirs.</summary>
public sealed class ForeignKeyTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private readonly RedisReplication _redis = fixture.Redis;
    private readonly RecordingLogger _log = new(LogLevel.Warning);
    private readonly string _key = $"key-{Guid.NewGuid():N}";
    private CacheHost _host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await CacheHost.StartAsync(_redis, options => options.KeyPrefix = "foreign:", services => services.AddSingleton<ILoggerProvider>(_log));
        await _redis.Master.ExecuteAsync("HSET", $"foreign:{_key}", "field", "theirs");
        await _redis.Master.ExecuteAsync("EXPIRE", $"foreign:{_key}", 600);
        await _redis.WaitForReplicasAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task It_is_left_alone_by_everything_that_writes_and_served_from_the_source()
    {
        await _host.Cache.SetAsync(_key, "ours", cancellationToken: Cancellation);
        await _host.Cache.SetAsync(_key, "ours", tags: ["tag"], cancellationToken: Cancellation);
        await _host.Cache.RemoveAsync(_key, Cancellation);
        await _host.Cache.RemoveAsync([_key, _key + ":other"], Cancellation);
        var lookup = await LookupAsync();
        var unread = await LookupAsync(HybridCacheEntryFlags.DisableDistributedCacheRead);
        await _host.Cache.ClearAsync(Cancellation);

        Assert.All([lookup, unread], found => Assert.Equal((CacheLevel.Source, "source", null), (found.Level, found.Value, found.TimeToLive)));
        Assert.Equal("theirs", (string?)await _redis.Master.ExecuteAsync("HGET", $"foreign:{_key}", "field"));
        Assert.Equal(0, (long)await _redis.Master.ExecuteAsync("EXISTS", $"foreign:app:cache:lease:{_key}"));
    }

    [Fact]
    public async Task Once_it_has_gone_the_key_is_the_caches()
    {
        await _host.Cache.SetAsync(_key, "ours", cancellationToken: Cancellation);
        await _redis.Master.ExecuteAsync("DEL", $"foreign:{_key}");

        await Eventually.HoldsAsync("the value is cached", async () => (await LookupAsync()).IsHit);
    }

    [Fact]
    public async Task It_is_told_once_and_not_at_every_look_up()
    {
        for (var i = 0; i < 20; i++)
            await LookupAsync();
        await _host.Cache.SetAsync(_key, "ours", cancellationToken: Cancellation);

        Assert.Single(_log.Lines, line => line.Contains(_key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task So_is_a_value_that_cannot_be_read()
    {
        for (var i = 0; i < 20; i++)
        {
            await _redis.Master.ExecuteAsync("SETEX", "foreign:number", 60, $"no number {i}");
            await _host.Cache.LookupAsync("number", _ => ValueTask.FromResult(1), new CacheEntryOptions { Flags = HybridCacheEntryFlags.DisableLocalCacheRead }, cancellationToken: Cancellation);
        }

        Assert.Single(_log.Lines, line => line.Contains("'number'", StringComparison.Ordinal));
    }

    private ValueTask<CacheLookup<string>> LookupAsync(HybridCacheEntryFlags flags = HybridCacheEntryFlags.None) =>
        _host.Cache.LookupAsync(_key, _ => ValueTask.FromResult("source"), new CacheEntryOptions { Flags = flags }, cancellationToken: Cancellation);
}
