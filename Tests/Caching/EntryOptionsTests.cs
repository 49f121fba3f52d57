using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;
using RedisAspire.Topology;

namespace RedisAspire.Tests.Caching;

public sealed class EntryOptionsTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private static readonly CacheEntryOptions Stale = new() { Expiration = TimeSpan.FromMilliseconds(200), StaleWindow = TimeSpan.FromMinutes(1) };

    private static readonly CacheEntryOptions Lasting = Stale with { Expiration = TimeSpan.FromMinutes(1) };

    private readonly RedisReplication _redis = fixture.Redis;
    private readonly string _key = $"key-{Guid.NewGuid():N}";
    private CacheHost _host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await CacheHost.StartAsync(_redis);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Jitter_spreads_the_expirations()
    {
        var options = new CacheEntryOptions { Expiration = TimeSpan.FromSeconds(100), MaximumJitter = TimeSpan.FromSeconds(100) };
        var remaining = new List<long>();
        for (var i = 0; i < 20; i++)
        {
            await _host.Cache.SetAsync($"{_key}:{i}", "value", options, cancellationToken: Cancellation);
            remaining.Add((long)await _redis.Master.ExecuteAsync("TTL", $"{_key}:{i}"));
        }

        Assert.All(remaining, seconds => Assert.InRange(seconds, 98, 200));
        Assert.True(remaining.Distinct().Count() > 5, string.Join(", ", remaining));
    }

    [Fact]
    public async Task A_stale_value_is_served_at_once_while_it_is_refreshed_by_one_caller()
    {
        var calls = 0;
        var release = new TaskCompletionSource();
        await _host.Cache.SetAsync(_key, "old", Stale, cancellationToken: Cancellation);
        await Eventually.HoldsAsync("the value is stale", async () => (await LookupAsync()).IsStale);

        for (var i = 0; i < 10; i++)
            Assert.Equal(("old", true), ((await LookupAsync()).Value, (await LookupAsync()).IsStale));
        await Eventually.HoldsAsync("one refresh is under way", () => Volatile.Read(ref calls) == 1);
        release.SetResult();

        await Eventually.HoldsAsync("the fresh value is served", async () => (await LookupAsync()) is { IsStale: false } lookup && lookup.Value.StartsWith("new"));

        ValueTask<CacheLookup<string>> LookupAsync() => _host.Cache.LookupAsync(_key, async _ =>
        {
            var call = Interlocked.Increment(ref calls);
            await release.Task;
            return $"new {call}";
        }, Lasting, cancellationToken: Cancellation);
    }

    [Fact]
    public async Task A_stale_value_is_found_to_be_stale_by_callers_that_do_not_keep_values_either()
    {
        var notKept = new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableLocalCache };
        await _host.Cache.SetAsync(_key, "old", Stale, cancellationToken: Cancellation);

        await Eventually.HoldsAsync(
            "the stale value is replaced",
            async () => await _host.Cache.GetOrCreateAsync(_key, static _ => ValueTask.FromResult("new"), notKept, cancellationToken: Cancellation) == "new");
    }

    [Fact]
    public async Task A_stale_value_is_served_when_the_source_fails()
    {
        await _host.Cache.SetAsync(_key, "old", Stale, cancellationToken: Cancellation);
        var patient = Stale with { SourceSoftTimeout = TimeSpan.FromSeconds(10) };

        await Eventually.HoldsAsync("the value is stale", async () => (await FailingAsync()).IsStale);
        Assert.Equal("old", (await FailingAsync()).Value);

        ValueTask<CacheLookup<string>> FailingAsync() =>
            _host.Cache.LookupAsync<string>(_key, _ => throw new InvalidDataException("broken"), patient, cancellationToken: Cancellation);
    }

    [Fact]
    public async Task A_caller_waits_for_a_fresh_value_as_long_as_the_soft_time_out()
    {
        await _host.Cache.SetAsync(_key, "old", Stale, cancellationToken: Cancellation);
        await Eventually.HoldsAsync("the value is stale", async () => (long)await _redis.Master.ExecuteAsync("PTTL", _key) < 60_000);

        var fresh = await _host.Cache.LookupAsync(_key, async token =>
        {
            await Task.Delay(50, token);
            return "new";
        }, Stale with { SourceSoftTimeout = TimeSpan.FromSeconds(10) }, cancellationToken: Cancellation);

        Assert.Equal(("new", false), (fresh.Value, fresh.IsStale));
    }

    [Fact]
    public async Task After_the_soft_time_out_the_stale_value_is_taken_and_the_refresh_goes_on()
    {
        await _host.Cache.SetAsync(_key, "old", Stale, cancellationToken: Cancellation);
        await Eventually.HoldsAsync("the value is stale", async () => (long)await _redis.Master.ExecuteAsync("PTTL", _key) < 60_000);
        var release = new TaskCompletionSource();
        var options = Lasting with { SourceSoftTimeout = TimeSpan.FromMilliseconds(50) };

        var stale = await _host.Cache.LookupAsync(_key, async _ =>
        {
            await release.Task;
            return "new";
        }, options, cancellationToken: Cancellation);
        Assert.Equal(("old", true), (stale.Value, stale.IsStale));

        release.SetResult();
        await Eventually.HoldsAsync("the fresh value has landed", async () =>
            (await _host.Cache.LookupAsync(_key, _ => ValueTask.FromResult("never"), options, cancellationToken: Cancellation)) is { Value: "new", IsStale: false });
    }

    [Fact]
    public async Task What_another_process_has_refreshed_is_not_refreshed_again_although_the_read_node_is_behind()
    {
        await using var behind = await CacheHost.StartAsync(_redis, services: services =>
            services.PostConfigure<RedisTopologyOptions>(options => options.PollInterval = TimeSpan.FromHours(1)));
        await _host.Cache.SetAsync(_key, "old", Stale, cancellationToken: Cancellation);
        var node = _redis.Nodes.Single(node => node.Name == behind.Topology.ReadNode!.Name);
        await Eventually.HoldsAsync("the replica has it", async () => !(await node.ExecuteAsync("GET", _key)).IsNull);
        var password = (string)(await node.ExecuteAsync("CONFIG", "GET", "masterauth"))[1]!;
        try
        {
            await node.ExecuteAsync("CONFIG", "SET", "masterauth", "wrong");
            await node.ExecuteAsync("CLIENT", "KILL", "TYPE", "master");
            await Eventually.HoldsAsync("the value is stale", async () => (long)await _redis.Master.ExecuteAsync("PTTL", _key) < 60_000);
            await _host.Cache.SetAsync(_key, "new", Lasting, cancellationToken: Cancellation);

            var found = await behind.Cache.LookupAsync(_key, _ => ValueTask.FromResult("again"), Stale with { SourceSoftTimeout = TimeSpan.FromSeconds(10) }, cancellationToken: Cancellation);

            Assert.Equal(("new", false), (found.Value, found.IsStale));
        }
        finally
        {
            await node.ExecuteAsync("CONFIG", "SET", "masterauth", password);
            await Eventually.HoldsAsync("the link is up again", async () => (await node.InfoAsync("replication"))["master_link_status"] == "up");
        }
    }

    [Fact]
    public async Task A_source_that_takes_too_long_fails_every_caller_also_when_it_does_not_listen()
    {
        var options = new CacheEntryOptions { SourceHardTimeout = TimeSpan.FromMilliseconds(100) };
        var never = new TaskCompletionSource<string>();
        var callers = Enumerable.Range(0, 5).Select(_ => _host.Cache.LookupAsync(_key, _ => new ValueTask<string>(never.Task), options, cancellationToken: Cancellation).AsTask()).ToArray();

        foreach (var caller in callers)
        {
            var failure = await Assert.ThrowsAsync<SourceTimeoutException>(() => caller);
            Assert.False(RedisErrors.IsFailure(failure, Cancellation), "Redis has nothing to do with it");
        }

        Assert.Equal("value", await _host.Cache.GetOrCreateAsync(_key, _ => ValueTask.FromResult("value"), cancellationToken: Cancellation));
    }

    [Fact]
    public async Task That_there_is_no_value_is_remembered_for_its_own_time()
    {
        var calls = 0;
        var options = new CacheEntryOptions { NegativeExpiration = TimeSpan.FromSeconds(20) };
        ValueTask<string?> Source(CancellationToken cancellationToken)
        {
            calls++;
            return ValueTask.FromResult<string?>(null);
        }

        for (var i = 0; i < 5; i++)
            Assert.Null((await _host.Cache.LookupAsync(_key, Source, options, cancellationToken: Cancellation)).Value);

        Assert.Equal(1, calls);
        Assert.InRange((long)await _redis.Master.ExecuteAsync("TTL", _key), 15, 20);
        await _host.Cache.SetAsync(_key, "", cancellationToken: Cancellation);
        Assert.Equal("", (await _host.Cache.LookupAsync(_key, Source, options, cancellationToken: Cancellation)).Value);
    }

    [Fact]
    public async Task Options_of_HybridCache_mean_the_same()
    {
        CacheEntryOptions? options = new HybridCacheEntryOptions
        {
            Expiration = TimeSpan.FromSeconds(1),
            LocalCacheExpiration = TimeSpan.FromSeconds(2),
            Flags = HybridCacheEntryFlags.DisableCompression,
        };

        Assert.Equal(new CacheEntryOptions { Expiration = TimeSpan.FromSeconds(1), LocalExpiration = TimeSpan.FromSeconds(2), Flags = HybridCacheEntryFlags.DisableCompression }, options);
        Assert.Null((CacheEntryOptions?)(HybridCacheEntryOptions?)null);
    }
}
