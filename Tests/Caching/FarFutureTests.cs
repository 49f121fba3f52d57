using System.Text;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching;
using RedisAspire.Caching.Store;
using RedisAspire.Caching.Tracking;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;
using RedisAspire.Topology;

namespace RedisAspire.Tests.Caching;

/// <summary>Times that are too long for this process: of keys of other programs, of nodes, and of callers.</summary>
public sealed class FarFutureTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    /// <summary>Milliseconds where seconds are expected, and nearly the most that Redis takes.</summary>
    public static TheoryData<string, long> Expirations => new() { { "EXAT", 1_893_456_000_000 }, { "PX", 9_000_000_000_000_000_000 } };

    private readonly RedisReplication _redis = fixture.Redis;
    private readonly string _key = $"key-{Guid.NewGuid():N}";
    private CacheHost _host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await CacheHost.StartAsync(_redis, services: services => services.AddReplicatedDistributedCache());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(Expirations))]
    public async Task A_key_that_lives_for_thousands_of_years_is_a_hit_and_costs_no_other_key_its_place_in_the_process(string option, long time)
    {
        await Eventually.HoldsAsync("another key is near", async () => (await LookupAsync(_key + ":other")).Level == CacheLevel.Near);
        await _redis.Master.ExecuteAsync("SET", _key, "theirs", option, time);
        await _redis.WaitForReplicasAsync();
        var flushes = _host.Near.Statistics.Flushes;

        var first = await LookupAsync(_key);

        Assert.Equal(("theirs", true), (first.Value, first.IsHit));
        Assert.True(first.TimeToLive > TimeSpan.FromDays(365_000));
        await Eventually.HoldsAsync("it is near", async () => await LookupAsync(_key) is { Level: CacheLevel.Near, TimeToLive: { TotalDays: > 365_000 } });
        Assert.Equal(flushes, _host.Near.Statistics.Flushes);
        Assert.Equal(CacheLevel.Near, (await LookupAsync(_key + ":other")).Level);
    }

    [Theory]
    [MemberData(nameof(Expirations))]
    public async Task It_is_read_from_the_master_as_well(string option, long time)
    {
        await _redis.Master.ExecuteAsync("SET", _key, "theirs", option, time);
        var store = _host.Services.GetRequiredService<RedisStore>();

        var read = await store.GetAsync(_host.Topology.Master!, _key, Cancellation);
        var leased = await store.TakeLeaseAsync(_key, $"{store.MasterRunId}:a-lease", TimeSpan.Zero);

        Assert.Equal((StoredState.Found, "theirs"), (read.State, Encoding.UTF8.GetString(read.Payload!)));
        Assert.True(read.TimeToLive > TimeSpan.FromDays(365_000));
        Assert.Equal(LeaseState.Filled, leased.State);
        Assert.True(leased.Entry.TimeToLive > TimeSpan.FromDays(365_000));
    }

    [Fact]
    public async Task A_key_without_time_to_live_that_is_read_from_the_master_has_none()
    {
        await _redis.Master.ExecuteAsync("SET", _key, "theirs");
        var store = _host.Services.GetRequiredService<RedisStore>();

        var read = await store.GetAsync(_host.Topology.Master!, _key, Cancellation);
        var missing = await store.GetAsync(_host.Topology.Master!, _key + ":missing", Cancellation);

        Assert.Equal((StoredState.Found, null), (read.State, read.TimeToLive));
        Assert.Equal(StoredState.Missing, missing.State);
    }

    [Fact]
    public async Task A_source_may_take_for_ever()
    {
        var options = new CacheEntryOptions { SourceHardTimeout = TimeSpan.MaxValue, SourceSoftTimeout = TimeSpan.MaxValue, StaleWindow = TimeSpan.FromMinutes(1), Expiration = TimeSpan.FromMilliseconds(1) };

        var missing = await _host.Cache.LookupAsync(_key, _ => ValueTask.FromResult("first"), options, cancellationToken: Cancellation);
        await Eventually.HoldsAsync("the stale value is refreshed", async () =>
            (await _host.Cache.LookupAsync(_key, _ => ValueTask.FromResult("second"), options, cancellationToken: Cancellation)).Value == "second");

        Assert.Equal("first", missing.Value);
    }

    [Fact]
    public async Task A_distributed_value_may_be_given_all_the_time_in_the_world()
    {
        var cache = _host.Services.GetRequiredService<IDistributedCache>();

        await cache.SetAsync(_key, [1], new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = TimeSpan.MaxValue, SlidingExpiration = TimeSpan.MaxValue }, Cancellation);

        Assert.Equal([1], await cache.GetAsync(_key, Cancellation));
    }

    [Fact]
    public void What_a_node_says_of_its_times_may_be_any_number()
    {
        var info = new RedisInfo($"""
            role:slave
            uptime_in_seconds:{long.MaxValue}
            master_last_io_seconds_ago:{long.MaxValue}
            rdb_last_save_time:{long.MaxValue}
            """);

        var status = RedisNodeStatus.Read(new RedisNodeStatus("redis-replica-1", "localhost:6379"), info, started: 0, new ManualTimeProvider());

        Assert.Equal((TimeSpan.MaxValue, TimeSpan.MaxValue), (status.Uptime, status.MasterSilence));
        Assert.Equal(DateTimeOffset.MaxValue.Year, status.Persistence!.SavedAt!.Value.Year);
    }

    [Fact]
    public void Any_number_is_a_time()
    {
        Assert.Equal(TimeSpan.MaxValue, RespTime.Milliseconds(long.MaxValue));
        Assert.Equal(TimeSpan.MinValue, RespTime.Milliseconds(long.MinValue));
        Assert.Equal(TimeSpan.FromMilliseconds(1), RespTime.Milliseconds(1));
        Assert.Equal(TimeSpan.MaxValue, RedisTime.Seconds(long.MaxValue));
        Assert.Equal(TimeSpan.FromSeconds(-1), RedisTime.Seconds(-1));
        Assert.Equal(1, RedisTime.UnixSeconds(long.MinValue).Year);
        Assert.Equal(DateTimeOffset.UnixEpoch, RedisTime.UnixSeconds(0));
    }

    private ValueTask<CacheLookup<string>> LookupAsync(string key) =>
        _host.Cache.LookupAsync(key, _ => ValueTask.FromResult("ours"), cancellationToken: Cancellation);
}
