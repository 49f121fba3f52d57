using Microsoft.Extensions.Caching.Hybrid;
using RedisAspire.Caching;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

/// <summary>Which look-ups of a key share what one of them finds, and which do not.</summary>
public sealed class FlightTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private const HybridCacheEntryFlags Forced = HybridCacheEntryFlags.DisableLocalCacheRead | HybridCacheEntryFlags.DisableDistributedCacheRead;

    private static readonly CacheEntryOptions Stale = new() { Expiration = TimeSpan.FromMilliseconds(200), StaleWindow = TimeSpan.FromMinutes(1) };

    private readonly RedisReplication _redis = fixture.Redis;
    private readonly string _key = $"key-{Guid.NewGuid():N}";
    private readonly string _tag = $"tag-{Guid.NewGuid():N}";
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CacheHost _host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await CacheHost.StartAsync(_redis);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_look_up_beside_one_without_the_source_calls_its_source()
    {
        for (var i = 0; i < 100; i++)
        {
            var peek = LookUpAsync($"{_key}:{i}", _ => ValueTask.FromResult<string?>("never"), Options(HybridCacheEntryFlags.DisableUnderlyingData));
            var ordinary = LookUpAsync($"{_key}:{i}", _ => ValueTask.FromResult<string?>("value"), null);

            Assert.Equal("value", await ordinary);
            Assert.NotEqual("never", await peek);
        }
    }

    [Fact]
    public async Task A_forced_refresh_does_not_take_what_a_call_from_before_it_finds()
    {
        var earlier = await HoldAsync("from before", null);

        var forced = LookUpAsync(_key, _ => ValueTask.FromResult<string?>("from after"), Options(Forced));
        _release.SetResult();

        Assert.Equal("from before", await earlier);
        Assert.Equal("from after", await forced);
        Assert.Equal("from after", (string?)await _redis.Master.ExecuteAsync("GET", _key));
    }

    [Fact]
    public async Task A_look_up_behind_one_that_may_not_write_stores_its_value()
    {
        var earlier = await HoldAsync("not stored", Options(HybridCacheEntryFlags.DisableDistributedCacheWrite));

        Assert.Equal("stored", await LookUpAsync(_key, _ => ValueTask.FromResult<string?>("stored"), null));

        Assert.Equal("stored", (string?)await _redis.Master.ExecuteAsync("GET", _key));
        _release.SetResult();
        Assert.Equal("not stored", await earlier);
    }

    [Fact]
    public async Task A_look_up_with_a_time_limit_does_not_wait_with_one_that_has_none()
    {
        var earlier = await HoldAsync("late", Options(HybridCacheEntryFlags.DisableDistributedCache));

        var failure = await Assert.ThrowsAsync<SourceTimeoutException>(() => LookUpAsync(
            _key,
            async token =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return "never";
            },
            Options(HybridCacheEntryFlags.DisableDistributedCache) with { SourceHardTimeout = TimeSpan.FromMilliseconds(50) }));

        Assert.Contains("The source", failure.Message, StringComparison.Ordinal);
        _release.SetResult();
        Assert.Equal("late", await earlier);
    }

    [Fact]
    public async Task A_look_up_that_takes_a_stale_value_at_once_does_not_wait_with_one_that_would_rather_have_a_fresh_one()
    {
        await BecomesStaleAsync("old");
        var patient = await HoldAsync("new", Stale with { SourceSoftTimeout = TimeSpan.FromMinutes(1) });

        Assert.Equal("old", await LookUpAsync(_key, _ => ValueTask.FromResult<string?>("never"), Stale));

        _release.SetResult();
        Assert.Equal("new", await patient);
    }

    [Fact]
    public async Task Callers_share_one_call_also_when_others_look_the_key_up_as_another_type()
    {
        var options = Options(HybridCacheEntryFlags.DisableDistributedCache);
        var text = await HoldAsync("text", options);
        var calls = 0;

        var numbers = Enumerable.Range(0, 10).Select(_ => _host.Cache.LookupAsync(_key, async _ =>
        {
            var call = Interlocked.Increment(ref calls);
            await _release.Task;
            return call;
        }, options, cancellationToken: Cancellation).AsTask()).ToArray();
        _release.SetResult();

        Assert.All(await Task.WhenAll(numbers), lookup => Assert.Equal(1, lookup.Value));
        Assert.Equal("text", await text);
    }

    [Fact]
    public async Task After_the_removal_of_a_tag_nobody_shares_what_was_asked_for_before_it()
    {
        var earlier = await HoldAsync("from before", null, [_tag]);

        await _host.Cache.RemoveByTagAsync(_tag, Cancellation);
        var later = LookUpAsync(_key, _ => ValueTask.FromResult<string?>("from after"), null, [_tag]);
        _release.SetResult();

        Assert.Equal("from before", await earlier);
        Assert.Equal("from after", await later);
    }

    [Fact]
    public async Task After_a_removal_nobody_shares_a_refresh_from_before_it()
    {
        await BecomesStaleAsync("old");
        var called = new TaskCompletionSource();
        await LookUpAsync(_key, async _ =>
        {
            called.SetResult();
            await _release.Task;
            return "from before";
        }, Stale);
        await called.Task.WaitAsync(Cancellation);

        await _host.Cache.RemoveAsync(_key, Cancellation);
        await BecomesStaleAsync("newer");
        var later = LookUpAsync(_key, _ => ValueTask.FromResult<string?>("from after"), Stale with { SourceSoftTimeout = TimeSpan.FromSeconds(10) });

        Assert.Equal("from after", await later);
        _release.SetResult();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_token_of_a_source_is_not_cancelled_once_it_has_answered(bool hasTimeLimit)
    {
        CancellationToken given = default;

        await LookUpAsync(
            _key,
            token =>
            {
                given = token;
                return ValueTask.FromResult<string?>("value");
            },
            hasTimeLimit ? new CacheEntryOptions { SourceHardTimeout = TimeSpan.FromSeconds(10) } : null);

        Assert.False(given.IsCancellationRequested);
    }

    private static CacheEntryOptions Options(HybridCacheEntryFlags flags) => new() { Flags = flags };

    private async Task<string?> LookUpAsync(string key, Func<CancellationToken, ValueTask<string?>> source, CacheEntryOptions? options, string[]? tags = null) =>
        (await _host.Cache.LookupAsync(key, source, options, tags, Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(15), Cancellation)).Value;

    // A look-up whose source is at work until it is released. The task in the result is the look-up itself.
    private async Task<LookUp> HoldAsync(string value, CacheEntryOptions? options, string[]? tags = null)
    {
        var called = new TaskCompletionSource();
        var lookup = LookUpAsync(
            _key,
            async _ =>
            {
                called.SetResult();
                await _release.Task;
                return value;
            },
            options,
            tags);
        await called.Task.WaitAsync(Cancellation);
        return new LookUp(lookup);
    }

    private async Task BecomesStaleAsync(string value)
    {
        await _host.Cache.SetAsync(_key, value, Stale, cancellationToken: Cancellation);
        await Eventually.HoldsAsync("the value is stale", async () => (long)await _redis.Master.ExecuteAsync("PTTL", _key) is > 0 and < 60_000);
        await Eventually.HoldsAsync("every replica has it", async () =>
            (await Task.WhenAll(_redis.Replicas.Select(node => node.ExecuteAsync("PTTL", _key)))).All(left => (long)left is > 0 and < 60_000));
    }

    private sealed record LookUp(Task<string?> Value)
    {
        public System.Runtime.CompilerServices.TaskAwaiter<string?> GetAwaiter() => Value.GetAwaiter();
    }
}
