using RedisAspire.Caching;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

/// <summary>Sources that are left, are late or fail.</summary>
public sealed class SourceTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private readonly RedisReplication _redis = fixture.Redis;
    private readonly string _key = $"key-{Guid.NewGuid():N}";
    private CacheHost _host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Leases that do not end by themselves while they matter.
    public async ValueTask InitializeAsync() => _host = await CacheHost.StartAsync(_redis, options => options.LeaseDuration = TimeSpan.FromMinutes(1));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task What_a_source_returns_although_everybody_has_left_is_not_stored()
    {
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var called = new TaskCompletionSource();
        var leaving = _host.Cache.LookupAsync(_key, async token =>
        {
            called.SetResult();
            await Task.Delay(Timeout.Infinite, token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return "half of it";
        }, cancellationToken: impatient.Token).AsTask();
        await called.Task;

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);

        await Eventually.HoldsAsync("the lease is given back", async () => (long)await _redis.Master.ExecuteAsync("EXISTS", LeaseOf(_key)) == 0);
        Assert.True((await _redis.Master.ExecuteAsync("GET", _key)).IsNull);
    }

    [Fact]
    public async Task What_a_source_returns_after_the_hard_time_out_is_not_stored_because_it_was_told_to_stop()
    {
        var release = new TaskCompletionSource();
        var answered = new TaskCompletionSource();
        CancellationToken given = default;
        var options = new CacheEntryOptions { SourceHardTimeout = TimeSpan.FromMilliseconds(100) };

        await Assert.ThrowsAsync<SourceTimeoutException>(async () => await _host.Cache.LookupAsync(_key, async token =>
        {
            given = token;
            await release.Task;
            answered.SetResult();
            return "late";
        }, options, cancellationToken: Cancellation));

        Assert.True(given.IsCancellationRequested);
        // Others need not wait for it either.
        Assert.Equal("in time", (await _host.Cache.LookupAsync(_key, _ => ValueTask.FromResult("in time"), options, cancellationToken: Cancellation)).Value);
        release.SetResult();
        await answered.Task.WaitAsync(Cancellation);
        Assert.Equal("in time", (string?)await _redis.Master.ExecuteAsync("GET", _key));
    }

    [Fact]
    public async Task A_source_that_has_failed_is_not_called_again_at_every_stale_hit()
    {
        await using var other = await CacheHost.StartAsync(_redis, options => options.LeaseDuration = TimeSpan.FromMinutes(1));
        var options = new CacheEntryOptions { Expiration = TimeSpan.FromMilliseconds(50), StaleWindow = TimeSpan.FromMinutes(1), SourceSoftTimeout = TimeSpan.FromSeconds(10) };
        await _host.Cache.SetAsync(_key, "old", options, cancellationToken: Cancellation);
        await Eventually.HoldsAsync("the value is stale everywhere", async () =>
            (await Task.WhenAll(_redis.Nodes.Select(node => node.ExecuteAsync("PTTL", _key)))).All(left => (long)left is > 0 and < 60_000));
        var calls = 0;

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("old", await LookUpAsync(_host));
            Assert.Equal("old", await LookUpAsync(other));
        }

        Assert.Equal(1, calls);
        await _redis.Master.ExecuteAsync("UNLINK", LeaseOf(_key));
        await LookUpAsync(_host);
        Assert.Equal(2, calls);

        async Task<string> LookUpAsync(CacheHost host) => (await host.Cache.LookupAsync<string>(_key, _ =>
        {
            Interlocked.Increment(ref calls);
            throw new InvalidDataException("broken");
        }, options, cancellationToken: Cancellation)).Value;
    }

    private static string LeaseOf(string key) => $"app:cache:lease:{key}";
}
