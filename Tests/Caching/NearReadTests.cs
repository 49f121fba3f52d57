using System.ComponentModel;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

/// <summary>Values in the process: when they are served, when they are not, and what that costs.</summary>
public sealed class NearReadTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private readonly RedisReplication _redis = fixture.Redis;
    private readonly string _key = $"key-{Guid.NewGuid():N}";
    private CacheHost _host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await CacheHost.StartAsync(_redis);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_value_read_from_Redis_is_in_the_process_from_then_on()
    {
        await NearAsync(_key, "value");

        var near = await LookupAsync(_key);

        Assert.Equal((CacheLevel.Near, "value", true), (near.Level, near.Value, near.IsHit));
        Assert.StartsWith("redis-replica-", near.Node);
        Assert.InRange(near.TimeToLive!.Value, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(60));
        Assert.InRange(near.Age, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_change_by_another_client_is_seen_without_asking()
    {
        await NearAsync(_key, "old");

        await _redis.Master.ExecuteAsync("SETEX", _key, 60, "new");

        await Eventually.HoldsAsync("the new value is served", async () => (await LookupAsync(_key)).Value == "new");
    }

    [Fact]
    public async Task Emptying_Redis_empties_the_process()
    {
        var own = new RedisFixture();
        await own.InitializeAsync();
        await using var cleanup = own;
        await using var host = await CacheHost.StartAsync(own.Redis);
        await Eventually.HoldsAsync("the value is near", async () => (await host.Cache.LookupAsync("a", _ => ValueTask.FromResult("old"), cancellationToken: Cancellation)).Level == CacheLevel.Near);

        await own.Redis.Master.ExecuteAsync("FLUSHALL");

        await Eventually.HoldsAsync("the source is asked again", async () => await host.Cache.GetOrCreateAsync("a", _ => ValueTask.FromResult("new"), cancellationToken: Cancellation) == "new");
    }

    [Fact]
    public async Task A_process_always_sees_its_own_writes_and_removals()
    {
        for (var i = 0; i < 1000; i++)
        {
            await _host.Cache.SetAsync(_key, $"{i}", cancellationToken: Cancellation);
            Assert.Equal($"{i}", (await LookupAsync(_key)).Value);
            if (i % 10 != 0)
                continue;
            await _host.Cache.RemoveAsync(_key, Cancellation);
            Assert.Equal("from the source", (await LookupAsync(_key)).Value);
        }
    }

    [Fact]
    public async Task A_process_sees_its_own_writes_while_the_read_node_hangs()
    {
        var own = new RedisFixture();
        await own.InitializeAsync();
        await using var cleanup = own;
        await using var host = await CacheHost.StartAsync(own.Redis);
        await host.Cache.SetAsync("a", "0", cancellationToken: Cancellation);
        var replica = own.Redis.Nodes.Single(node => node.Name == host.Topology.Snapshot.ReadNode);

        replica.Process.Send(Signal.Pause);
        for (var i = 1; i <= 50; i++)
        {
            await host.Cache.SetAsync("a", $"{i}", cancellationToken: Cancellation);
            Assert.Contains(await host.Cache.GetOrCreateAsync("a", _ => ValueTask.FromResult("source"), cancellationToken: Cancellation), new[] { $"{i}", "source" });
        }

        replica.Process.Send(Signal.Resume);
        Assert.Equal("50", (string?)await own.Redis.Master.ExecuteAsync("GET", "a"));
    }

    [Fact]
    public async Task An_object_that_can_change_is_made_anew_for_each_caller_and_a_frozen_one_is_shared()
    {
        await Eventually.HoldsAsync("both are near", async () =>
            (await _host.Cache.LookupAsync(_key, _ => ValueTask.FromResult(new Basket([1])), cancellationToken: Cancellation)).Level == CacheLevel.Near
            && (await _host.Cache.LookupAsync(_key + ":frozen", _ => ValueTask.FromResult(new Frozen("a")), cancellationToken: Cancellation)).Level == CacheLevel.Near);

        var first = await _host.Cache.GetOrCreateAsync(_key, _ => ValueTask.FromResult(new Basket([1])), cancellationToken: Cancellation);
        first.Numbers[0] = 99;
        var second = await _host.Cache.GetOrCreateAsync(_key, _ => ValueTask.FromResult(new Basket([1])), cancellationToken: Cancellation);
        var frozen = await _host.Cache.GetOrCreateAsync(_key + ":frozen", _ => ValueTask.FromResult(new Frozen("a")), cancellationToken: Cancellation);
        var sameFrozen = await _host.Cache.GetOrCreateAsync(_key + ":frozen", _ => ValueTask.FromResult(new Frozen("a")), cancellationToken: Cancellation);

        Assert.Equal(1, second.Numbers[0]);
        Assert.Same(frozen, sameFrozen);
    }

    [Fact]
    public async Task A_value_stays_in_the_process_no_longer_than_its_local_expiration()
    {
        var options = new CacheEntryOptions { LocalExpiration = TimeSpan.FromMilliseconds(300) };
        await Eventually.HoldsAsync("the value is near", async () => (await LookupAsync(_key, options)).Level == CacheLevel.Near);

        await Eventually.HoldsAsync("it is read from Redis again", async () => (await LookupAsync(_key, options)).Level == CacheLevel.Redis);
        Assert.InRange((long)await _redis.Master.ExecuteAsync("TTL", _key), 30, 60);
    }

    [Fact]
    public async Task A_killed_tracking_connection_empties_the_process_and_is_made_anew()
    {
        await NearAsync(_key, "value");
        var flushes = _host.Near.Statistics.Flushes;

        foreach (var node in _redis.Replicas)
        {
            var clients = (string)(await node.ExecuteAsync("CLIENT", "LIST"))!;
            foreach (var line in clients.Split('\n').Where(line => line.Contains("name=RedisAspire-tracking")))
                await node.ExecuteAsync("CLIENT", "KILL", "ID", line.Split("id=")[1].Split(' ')[0]);
        }

        await Eventually.HoldsAsync("the process was emptied", () => _host.Near.Statistics.Flushes > flushes);
        await Eventually.HoldsAsync("the value is near again", async () => (await LookupAsync(_key)).Level == CacheLevel.Near);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_hit_in_the_process_allocates_nothing(bool isMeasured, bool isAnotherTraced)
    {
        using var trace = isAnotherTraced ? _host.Cache.BeginTrace("another") : null;
        using var listener = new MeterListener();
        if (isMeasured)
        {
            listener.InstrumentPublished = (instrument, published) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, _host.Services.GetRequiredService<IMeterFactory>()))
                    published.EnableMeasurementEvents(instrument);
            };
            listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => { });
            listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
            listener.Start();
        }

        await NearAsync(_key, "value");
        Hit(1000);

        Assert.Equal(0, Allocations.Of(() => Hit(1000)));

        void Hit(int times)
        {
            for (var i = 0; i < times; i++)
            {
                var hit = _host.Cache.GetOrCreateAsync(_key, 0, static (_, _) => ValueTask.FromResult("source"), cancellationToken: CancellationToken.None);
                Assert.True(hit.IsCompletedSuccessfully);
                hit.GetAwaiter().GetResult();
            }
        }
    }

    [Fact]
    public async Task Flags_keep_values_out_of_the_process()
    {
        var options = new CacheEntryOptions { Flags = HybridCacheEntryFlags.DisableLocalCache };
        await LookupAsync(_key, options);

        for (var i = 0; i < 10; i++)
            Assert.NotEqual(CacheLevel.Near, (await LookupAsync(_key, options)).Level);
    }

    private async Task NearAsync(string key, string value)
    {
        await _redis.Master.ExecuteAsync("SETEX", key, 60, value);
        await Eventually.HoldsAsync("the value is near", async () => await LookupAsync(key) is { Level: CacheLevel.Near } lookup && lookup.Value == value);
    }

    private ValueTask<CacheLookup<string>> LookupAsync(string key, CacheEntryOptions? options = null) =>
        _host.Cache.LookupAsync(key, _ => ValueTask.FromResult("from the source"), options, cancellationToken: Cancellation);

    private sealed record Basket(int[] Numbers);

    [ImmutableObject(true)]
    private sealed record Frozen(string Name);
}
