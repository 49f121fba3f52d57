using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

/// <summary>Several hosts stand for several processes: they share nothing but Redis.</summary>
public sealed class StampedeTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private readonly RedisReplication _redis = fixture.Redis;
    private readonly string _key = $"key-{Guid.NewGuid():N}";
    private CacheHost[] _hosts = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _hosts = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => CacheHost.StartAsync(_redis, options => options.LeaseDuration = TimeSpan.FromSeconds(2))));

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
    }

    [Fact]
    public async Task All_callers_of_all_processes_share_one_call_of_the_source()
    {
        var calls = 0;
        var lookups = await Task.WhenAll(_hosts.SelectMany(host => Enumerable.Range(0, 200).Select(_ => host.Cache.LookupAsync(_key, async token =>
        {
            Interlocked.Increment(ref calls);
            await Task.Delay(300, token);
            return "value";
        }, cancellationToken: Cancellation).AsTask())));

        Assert.All(lookups, lookup => Assert.Equal("value", lookup.Value));
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task When_the_source_fails_for_one_process_another_asks_its_own()
    {
        var begun = new TaskCompletionSource();
        var fail = new TaskCompletionSource();
        var failing = _hosts[0].Cache.LookupAsync<string>(_key, async _ =>
        {
            begun.SetResult();
            await fail.Task;
            throw new InvalidDataException("broken");
        }, cancellationToken: Cancellation).AsTask();
        await begun.Task;
        var waiting = _hosts[1].Cache.LookupAsync(_key, _ => ValueTask.FromResult("mine"), cancellationToken: Cancellation).AsTask();

        fail.SetResult();

        await Assert.ThrowsAsync<InvalidDataException>(() => failing);
        Assert.Equal("mine", (await waiting).Value);
    }

    [Fact]
    public async Task A_process_that_died_while_filling_does_not_block_the_others_for_ever()
    {
        await _redis.Master.ExecuteAsync("SET", $"app:cache:lease:{_key}", "somebody who is gone", "PX", 500);

        Assert.Equal("mine", await _hosts[0].Cache.GetOrCreateAsync(_key, _ => ValueTask.FromResult("mine"), cancellationToken: Cancellation));
    }

    [Fact]
    public async Task The_lease_is_kept_while_the_source_is_slower_than_it_lasts()
    {
        var calls = 0;
        async ValueTask<string> Source(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref calls);
            await Task.Delay(4500, cancellationToken);
            return "value";
        }

        await Task.WhenAll(_hosts.Select(host => host.Cache.GetOrCreateAsync(_key, Source, cancellationToken: Cancellation).AsTask()));

        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task A_removal_or_a_write_during_a_fill_is_not_undone_by_it()
    {
        foreach (var isRemoval in new[] { true, false })
        {
            var key = $"{_key}:{isRemoval}";
            var begun = new TaskCompletionSource();
            var release = new TaskCompletionSource();
            var filling = _hosts[0].Cache.LookupAsync(key, async _ =>
            {
                begun.SetResult();
                await release.Task;
                return "from before";
            }, cancellationToken: Cancellation).AsTask();
            await begun.Task;

            if (isRemoval)
                await _hosts[1].Cache.RemoveAsync(key, Cancellation);
            else
                await _hosts[1].Cache.SetAsync(key, "from after", cancellationToken: Cancellation);
            release.SetResult();

            Assert.Equal("from before", (await filling).Value);
            Assert.Equal(isRemoval ? null : "from after", (string?)await _redis.Master.ExecuteAsync("GET", key));
        }
    }

    [Fact]
    public async Task The_lease_is_given_back_when_every_caller_has_given_up()
    {
        // A lease that does not end by itself while it is waited for.
        await using var host = await CacheHost.StartAsync(_redis, options => options.LeaseDuration = TimeSpan.FromMinutes(1));
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var begun = new TaskCompletionSource();
        var leaving = host.Cache.LookupAsync<string>(_key, async token =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return "never";
        }, cancellationToken: impatient.Token).AsTask();
        await begun.Task;

        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        await Eventually.HoldsAsync("the lease is gone", async () => (long)await _redis.Master.ExecuteAsync("EXISTS", $"app:cache:lease:{_key}") == 0);
    }
}
