using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisAspire.Caching;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

public sealed class ReplicatedCacheTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private readonly RedisReplication _redis = fixture.Redis;
    private readonly string _key = $"key-{Guid.NewGuid():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_missing_value_comes_from_the_source_and_then_from_a_replica()
    {
        await using var host = await CacheHost.StartAsync(_redis);
        // Until then what this process has written is read from the master.
        await Eventually.HoldsAsync("the near cache is on", () => host.Near.IsOn);

        var first = await host.Cache.LookupAsync(_key, _ => ValueTask.FromResult("value"), cancellationToken: Cancellation);
        Assert.Equal((CacheLevel.Source, "value", false), (first.Level, first.Value, first.IsHit));
        await OnEveryNodeAsync(_key, "value");

        var second = await host.Cache.LookupAsync(_key, _ => ValueTask.FromResult("other"), cancellationToken: Cancellation);
        Assert.Equal(("value", true), (second.Value, second.IsHit));
        Assert.StartsWith("redis-replica-", second.Node, StringComparison.Ordinal);
        Assert.InRange(second.TimeToLive!.Value, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_string_is_plain_text_with_a_time_to_live_on_every_node()
    {
        await using var host = await CacheHost.StartAsync(_redis);

        await host.Cache.SetAsync(_key, "déjà vu ☕", cancellationToken: Cancellation);

        await OnEveryNodeAsync(_key, "déjà vu ☕");
        foreach (var node in _redis.Nodes)
            Assert.InRange((long)await node.ExecuteAsync("TTL", _key), 50, 60);
    }

    [Fact]
    public async Task A_value_written_by_another_client_is_a_hit()
    {
        await using var host = await CacheHost.StartAsync(_redis);
        await _redis.Master.ExecuteAsync("SETEX", _key, 60, "theirs");
        await OnEveryNodeAsync(_key, "theirs");

        var lookup = await host.Cache.LookupAsync(_key, _ => ValueTask.FromResult("ours"), cancellationToken: Cancellation);

        Assert.Equal((CacheLevel.Redis, "theirs"), (lookup.Level, lookup.Value));
    }

    [Fact]
    public async Task A_value_without_a_time_to_live_is_a_hit_that_never_expires()
    {
        await using var host = await CacheHost.StartAsync(_redis);
        await _redis.Master.ExecuteAsync("SET", _key, "for ever");
        await OnEveryNodeAsync(_key, "for ever");

        var lookup = await host.Cache.LookupAsync(_key, _ => ValueTask.FromResult("ours"), cancellationToken: Cancellation);

        Assert.Equal(("for ever", null), (lookup.Value, lookup.TimeToLive));
    }

    [Fact]
    public async Task Callers_that_miss_together_share_one_call_of_the_source()
    {
        await using var host = await CacheHost.StartAsync(_redis);
        var calls = 0;
        var release = new TaskCompletionSource();

        var callers = Enumerable.Range(0, 100).Select(_ => host.Cache.LookupAsync(_key, async _ =>
        {
            Interlocked.Increment(ref calls);
            await release.Task;
            return "value";
        }, cancellationToken: Cancellation).AsTask()).ToArray();
        await Eventually.HoldsAsync("the source is called", () => Volatile.Read(ref calls) > 0);
        release.SetResult();

        Assert.All(await Task.WhenAll(callers), lookup => Assert.Equal("value", lookup.Value));
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task A_caller_that_gives_up_leaves_the_others_their_value()
    {
        await using var host = await CacheHost.StartAsync(_redis);
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var called = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        async ValueTask<string> Source(CancellationToken cancellationToken)
        {
            called.TrySetResult();
            await release.Task.WaitAsync(cancellationToken);
            return "value";
        }

        var leaving = host.Cache.LookupAsync(_key, Source, cancellationToken: impatient.Token).AsTask();
        await called.Task;
        var staying = host.Cache.LookupAsync(_key, Source, cancellationToken: Cancellation).AsTask();
        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        release.SetResult();
        Assert.Equal("value", (await staying).Value);
    }

    [Fact]
    public async Task The_source_is_cancelled_when_every_caller_has_given_up()
    {
        await using var host = await CacheHost.StartAsync(_redis);
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var called = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();

        var leaving = host.Cache.LookupAsync<string>(_key, async cancellationToken =>
        {
            await using var registration = cancellationToken.Register(cancelled.SetResult);
            called.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return "never";
        }, cancellationToken: impatient.Token).AsTask();
        await called.Task;
        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        await cancelled.Task.WaitAsync(Cancellation);
        var next = await host.Cache.LookupAsync(_key, _ => ValueTask.FromResult("value"), cancellationToken: Cancellation);
        Assert.Equal("value", next.Value);
    }

    [Fact]
    public async Task A_failure_of_the_source_reaches_every_caller_and_is_not_cached()
    {
        await using var host = await CacheHost.StartAsync(_redis);
        var release = new TaskCompletionSource();
        var callers = Enumerable.Range(0, 10).Select(_ => host.Cache.LookupAsync<string>(_key, async _ =>
        {
            await release.Task;
            throw new InvalidDataException("broken source");
        }, cancellationToken: Cancellation).AsTask()).ToArray();

        release.SetResult();

        foreach (var caller in callers)
            Assert.Equal("broken source", (await Assert.ThrowsAsync<InvalidDataException>(() => caller)).Message);
        Assert.True((await _redis.Master.ExecuteAsync("GET", _key)).IsNull);
    }

    [Fact]
    public async Task A_key_that_holds_something_else_is_served_from_the_source_and_left_alone()
    {
        await using var host = await CacheHost.StartAsync(_redis);
        await _redis.Master.ExecuteAsync("RPUSH", _key, "somebody's", "list");
        await Eventually.HoldsAsync("every node holds the list", async () =>
            (await Task.WhenAll(_redis.Nodes.Select(node => node.ExecuteAsync("LLEN", _key)))).All(length => (long)length == 2));

        var lookup = await host.Cache.LookupAsync(_key, _ => ValueTask.FromResult("ours"), cancellationToken: Cancellation);

        Assert.Equal((CacheLevel.Source, "ours"), (lookup.Level, lookup.Value));
        Assert.Equal(2, (long)await _redis.Master.ExecuteAsync("LLEN", _key));
    }

    [Fact]
    public async Task A_value_that_cannot_be_read_is_a_miss_and_replaced()
    {
        await using var host = await CacheHost.StartAsync(_redis);
        await _redis.Master.ExecuteAsync("SETEX", _key, 60, "{ not JSON");
        await OnEveryNodeAsync(_key, "{ not JSON");

        var lookup = await host.Cache.LookupAsync(_key, _ => ValueTask.FromResult(new Person("Ada", [1])), cancellationToken: Cancellation);

        Assert.Equal("Ada", lookup.Value.Name);
        Assert.Equal("""{"name":"Ada","numbers":[1]}""", (string?)await _redis.Master.ExecuteAsync("GET", _key));
    }

    [Fact]
    public async Task Callers_never_share_an_object_that_can_change()
    {
        await using var host = await CacheHost.StartAsync(_redis);
        var release = new TaskCompletionSource();
        async ValueTask<Person> Source(CancellationToken cancellationToken)
        {
            await release.Task.WaitAsync(cancellationToken);
            return new Person("Ada", [1]);
        }

        var callers = Enumerable.Range(0, 5).Select(_ => host.Cache.LookupAsync(_key, Source, cancellationToken: Cancellation).AsTask()).ToArray();
        release.SetResult();
        var people = (await Task.WhenAll(callers)).Select(lookup => lookup.Value).ToArray();
        people[0].Numbers[0] = 99;

        Assert.All(people[1..], person => Assert.Equal(1, person.Numbers[0]));
    }

    [Fact]
    public async Task Too_large_a_value_and_too_long_a_key_are_served_but_not_cached()
    {
        var log = new RecordingLogger();
        await using var host = await CacheHost.StartAsync(_redis, options =>
        {
            options.MaximumPayloadBytes = 100;
            options.MaximumKeyLength = 50;
        }, services => services.AddSingleton<ILoggerProvider>(log));
        var longKey = _key + new string('x', 50);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(101, (await host.Cache.LookupAsync(_key, _ => ValueTask.FromResult(new string('v', 101)), cancellationToken: Cancellation)).Value.Length);
            Assert.Equal("v", (await host.Cache.LookupAsync(longKey, _ => ValueTask.FromResult("v"), cancellationToken: Cancellation)).Value);
        }

        Assert.Equal(0, (long)await _redis.Master.ExecuteAsync("EXISTS", _key, longKey));
        Assert.Equal(2, log.Lines.Count(line => line.Contains("is returned but not cached (logged once)", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Removed_values_are_asked_of_the_source_again()
    {
        await using var host = await CacheHost.StartAsync(_redis);
        string[] keys = [_key, _key + ":2", _key + ":3"];
        foreach (var key in keys)
            await host.Cache.SetAsync(key, "old", cancellationToken: Cancellation);

        await host.Cache.RemoveAsync(keys[0], Cancellation);
        await host.Cache.RemoveAsync(keys[1..], Cancellation);

        foreach (var key in keys)
        {
            await OnEveryNodeAsync(key, null);
            Assert.Equal("new", await host.Cache.GetOrCreateAsync(key, _ => ValueTask.FromResult("new"), cancellationToken: Cancellation));
        }
    }

    [Fact]
    public async Task The_prefix_is_part_of_every_key_in_Redis()
    {
        await using var host = await CacheHost.StartAsync(_redis, options => options.KeyPrefix = "shop:");

        await host.Cache.SetAsync(_key, "value", cancellationToken: Cancellation);

        await OnEveryNodeAsync("shop:" + _key, "value");
        Assert.Equal("value", await host.Cache.GetOrCreateAsync(_key, _ => ValueTask.FromResult("other"), cancellationToken: Cancellation));
    }

    [Fact]
    public async Task An_entry_has_its_own_expiration_when_it_asks_for_one()
    {
        await using var host = await CacheHost.StartAsync(_redis);

        await host.Cache.SetAsync(_key, "value", new HybridCacheEntryOptions { Expiration = TimeSpan.FromHours(1) }, cancellationToken: Cancellation);

        Assert.InRange((long)await _redis.Master.ExecuteAsync("TTL", _key), 3500, 3600);
    }

    [Fact]
    public async Task Flags_switch_reading_writing_and_the_source_off()
    {
        await using var host = await CacheHost.StartAsync(_redis);
        await host.Cache.SetAsync(_key, "cached", cancellationToken: Cancellation);
        await OnEveryNodeAsync(_key, "cached");

        var fresh = await host.Cache.GetOrCreateAsync(_key, _ => ValueTask.FromResult("fresh"), new HybridCacheEntryOptions
        {
            Flags = HybridCacheEntryFlags.DisableDistributedCache | HybridCacheEntryFlags.DisableLocalCache,
        }, cancellationToken: Cancellation);
        var absent = await host.Cache.GetOrCreateAsync(_key + ":absent", _ => ValueTask.FromResult("value"), new HybridCacheEntryOptions
        {
            Flags = HybridCacheEntryFlags.DisableUnderlyingData,
        }, cancellationToken: Cancellation);

        Assert.Equal("fresh", fresh);
        Assert.Null(absent);
        Assert.Equal("cached", (string?)await _redis.Master.ExecuteAsync("GET", _key));
    }

    private Task OnEveryNodeAsync(string key, string? value) =>
        Eventually.HoldsAsync($"every node holds {value ?? "nothing"} under {key}", async () =>
            (await Task.WhenAll(_redis.Nodes.Select(node => node.ExecuteAsync("GET", key)))).All(held => (string?)held == value));

    private sealed record Person(string Name, int[] Numbers);
}
