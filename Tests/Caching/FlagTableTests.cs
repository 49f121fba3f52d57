using Microsoft.Extensions.Caching.Hybrid;
using RedisAspire.Caching;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

/// <summary>The table of flags in docs/caching.md, cell by cell and in every combination.</summary>
public sealed class FlagTableTests(FlagTableTests.Cached fixture) : IClassFixture<FlagTableTests.Cached>, IAsyncLifetime
{
    private const HybridCacheEntryFlags NearOnly = HybridCacheEntryFlags.DisableDistributedCache | HybridCacheEntryFlags.DisableUnderlyingData;

    private readonly RedisReplication _redis = fixture.Redis;
    private readonly CacheHost _host = fixture.Host;
    private readonly string _key = $"key-{Guid.NewGuid():N}";

    public enum Place
    {
        Nowhere,
        Redis,
        Process,
    }

    public static TheoryData<HybridCacheEntryFlags, Place> Cells { get; } = new(
        from flags in Enumerable.Range(0, 64)
        from place in Enum.GetValues<Place>()
        select new TheoryDataRow<HybridCacheEntryFlags, Place>((HybridCacheEntryFlags)flags, place));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // The near cache is off for a moment when a node is slow.
    public async ValueTask InitializeAsync() => await Eventually.HoldsAsync("the near cache is on", () => _host.Near.IsOn);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task A_look_up_reads_and_writes_what_its_flags_leave_it(HybridCacheEntryFlags flags, Place old)
    {
        bool May(HybridCacheEntryFlags disabling) => (flags & disabling) == HybridCacheEntryFlags.None;
        await PutAsync(old);

        var found = await LookUpAsync(flags, TimeSpan.FromMinutes(1));

        var expected =
            old == Place.Process && May(HybridCacheEntryFlags.DisableLocalCacheRead) ? (CacheLevel.Near, "old")
            : old != Place.Nowhere && May(HybridCacheEntryFlags.DisableDistributedCacheRead) ? (CacheLevel.Redis, "old")
            : May(HybridCacheEntryFlags.DisableUnderlyingData) ? (CacheLevel.Source, "source")
            : (CacheLevel.Source, null);
        Assert.Equal(expected, (found.Level, found.Value));

        var isNew = found.Value == "source";
        var isStored = isNew && May(HybridCacheEntryFlags.DisableDistributedCacheWrite);
        Assert.Equal(isStored ? "source" : old == Place.Nowhere ? null : "old", await InRedisAsync());

        // What is new in Redis comes into the process with the next read.
        var mayComeNear = found.Value is not null && found.Level != CacheLevel.Near && May(HybridCacheEntryFlags.DisableLocalCacheWrite);
        Assert.Equal(isStored ? null : mayComeNear ? found.Value : old == Place.Process ? "old" : null, await NearAsync());
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task A_write_never_leaves_the_old_value_in_place(HybridCacheEntryFlags flags, Place old)
    {
        bool May(HybridCacheEntryFlags disabling) => (flags & disabling) == HybridCacheEntryFlags.None;
        await PutAsync(old);

        await _host.Cache.SetAsync(_key, "new", new CacheEntryOptions { Flags = flags, LocalExpiration = TimeSpan.FromMinutes(1) }, cancellationToken: Cancellation);

        var isStored = May(HybridCacheEntryFlags.DisableDistributedCacheWrite);
        Assert.Equal(isStored ? "new" : null, await InRedisAsync());
        Assert.Equal(!isStored && May(HybridCacheEntryFlags.DisableLocalCacheWrite) ? "new" : null, await NearAsync());
    }

    [Theory]
    [InlineData(HybridCacheEntryFlags.DisableLocalCacheRead)]
    [InlineData(HybridCacheEntryFlags.DisableLocalCacheWrite)]
    [InlineData(HybridCacheEntryFlags.DisableDistributedCacheRead)]
    [InlineData(HybridCacheEntryFlags.DisableDistributedCacheWrite)]
    [InlineData(HybridCacheEntryFlags.DisableUnderlyingData)]
    [InlineData(HybridCacheEntryFlags.DisableCompression)]
    public async Task A_removal_removes_from_everywhere_whatever_the_flags_of_the_cache(HybridCacheEntryFlags flags)
    {
        await using var host = await CacheHost.StartAsync(_redis, options => options.Flags = flags);
        await Eventually.HoldsAsync("the near cache is on", () => host.Near.IsOn);
        await PutAsync(Place.Process, host);

        await host.Cache.RemoveAsync(_key, Cancellation);

        Assert.Null(await InRedisAsync());
        Assert.Null(await NearAsync(host));
    }

    [Fact]
    public async Task Without_a_local_expiration_nothing_is_kept_in_the_process_alone()
    {
        var options = new CacheEntryOptions { Flags = HybridCacheEntryFlags.DisableDistributedCacheWrite };

        await _host.Cache.SetAsync(_key, "set", options, cancellationToken: Cancellation);
        Assert.Null(await NearAsync());
        await LookUpAsync(HybridCacheEntryFlags.DisableDistributedCacheWrite, local: null);
        Assert.Null(await NearAsync());
    }

    [Fact]
    public async Task What_is_in_the_process_alone_expires_there_and_is_gone_when_somebody_writes_the_key()
    {
        await LookUpAsync(HybridCacheEntryFlags.DisableDistributedCacheWrite, TimeSpan.FromMilliseconds(100));
        await Eventually.HoldsAsync("it has expired", async () => await NearAsync() is null);

        await LookUpAsync(HybridCacheEntryFlags.DisableDistributedCacheWrite, TimeSpan.FromMinutes(1));
        Assert.Equal("source", await NearAsync());
        await _redis.Master.ExecuteAsync("SET", _key, "theirs");
        await Eventually.HoldsAsync("it is gone", async () => await NearAsync() is null);
    }

    [Fact]
    public async Task What_is_in_the_process_alone_is_void_when_its_tag_is_removed()
    {
        var options = new CacheEntryOptions { Flags = HybridCacheEntryFlags.DisableDistributedCache, LocalExpiration = TimeSpan.FromMinutes(1) };
        // The tag's first stamp is a write as well: its invalidation may arrive after the look-up, which leaves the value without a known stamp.
        await Eventually.HoldsAsync("the value is in the process", async () =>
        {
            await _host.Cache.LookupAsync(_key, _ => ValueTask.FromResult("source"), options, [_key], Cancellation);
            return await NearAsync() == "source";
        });

        await _host.Cache.RemoveByTagAsync(_key, Cancellation);

        Assert.Null(await NearAsync());
    }

    [Fact]
    public async Task A_refresh_that_may_not_write_leaves_the_stale_value_in_Redis()
    {
        var stale = new CacheEntryOptions { Expiration = TimeSpan.FromMilliseconds(100), StaleWindow = TimeSpan.FromMinutes(1), SourceSoftTimeout = TimeSpan.FromSeconds(10) };
        await _host.Cache.SetAsync(_key, "old", stale, cancellationToken: Cancellation);
        await Eventually.HoldsAsync("the value is stale", async () => (long)await _redis.Master.ExecuteAsync("PTTL", _key) < 60_000);
        var before = (byte[]?)await _redis.Master.ExecuteAsync("GET", _key);

        var found = await _host.Cache.LookupAsync(
            _key, _ => ValueTask.FromResult("new"), stale with { Flags = HybridCacheEntryFlags.DisableDistributedCacheWrite }, cancellationToken: Cancellation);

        Assert.Equal("new", found.Value);
        Assert.Equal(before, (byte[]?)await _redis.Master.ExecuteAsync("GET", _key));
    }

    private async Task PutAsync(Place place, CacheHost? host = null)
    {
        if (place == Place.Nowhere)
            return;
        await _redis.Master.ExecuteAsync("SET", _key, "old", "PX", 60_000);
        await Eventually.HoldsAsync("every node holds the value", async () =>
            (await Task.WhenAll(_redis.Nodes.Select(node => node.ExecuteAsync("GET", _key)))).All(held => (string?)held == "old"));
        if (place == Place.Process)
            await Eventually.HoldsAsync("the value is near", async () => (await LookUpAsync(HybridCacheEntryFlags.None, null, host)).Level == CacheLevel.Near);
    }

    private async Task<string?> InRedisAsync() => (string?)await _redis.Master.ExecuteAsync("GET", _key);

    private async Task<string?> NearAsync(CacheHost? host = null) => (await LookUpAsync(NearOnly, null, host)).Value;

    private ValueTask<CacheLookup<string>> LookUpAsync(HybridCacheEntryFlags flags, TimeSpan? local, CacheHost? host = null) =>
        (host ?? _host).Cache.LookupAsync(_key, _ => ValueTask.FromResult("source"), new CacheEntryOptions { Flags = flags, LocalExpiration = local }, cancellationToken: Cancellation);

    /// <summary>Nodes and a cache on them, for all cells.</summary>
    public sealed class Cached : IAsyncLifetime
    {
        private readonly RedisFixture _fixture = new();

        internal RedisReplication Redis => _fixture.Redis;

        internal CacheHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await _fixture.InitializeAsync();
            Host = await CacheHost.StartAsync(Redis);
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            await _fixture.DisposeAsync();
        }
    }
}
