using RedisAspire.Caching;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

// Every test has nodes of its own: emptying the cache would empty other tests' too.
public sealed class SweepTests : IAsyncLifetime
{
    private readonly RedisFixture _fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RedisReplication Redis => _fixture.Redis;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_fill_from_before_the_cache_was_emptied_is_neither_kept_nor_shared()
    {
        await using var host = await CacheHost.StartAsync(Redis);
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource<string>());
        var before = host.Cache.LookupAsync("key", async _ =>
        {
            asked.SetResult();
            return await answer.Task;
        }, cancellationToken: Cancellation).AsTask();
        await asked.Task.WaitAsync(Cancellation);

        await host.Cache.ClearAsync("", Cancellation);
        var after = await host.Cache.LookupAsync("key", _ => ValueTask.FromResult("new"), cancellationToken: Cancellation);
        answer.SetResult("old");

        Assert.Equal((CacheLevel.Source, "new"), (after.Level, after.Value));
        Assert.Equal("old", (await before).Value);
        Assert.Equal("new", (string?)await Redis.Master.ExecuteAsync("GET", "key"));
        Assert.Equal("new", await host.Cache.GetOrCreateAsync("key", _ => ValueTask.FromResult("none"), cancellationToken: Cancellation));
    }

    [Fact]
    public async Task A_replica_that_has_not_been_emptied_yet_is_not_believed()
    {
        await using var network = new FlakyProxy(Redis.Master.Port);
        foreach (var replica in Redis.Replicas)
            await replica.ExecuteAsync("REPLICAOF", "127.0.0.1", network.Port);
        foreach (var replica in Redis.Replicas)
            await replica.WaitUntilReadyAsync(Cancellation);
        await using var host = await CacheHost.StartAsync(Redis);
        await Redis.Master.ExecuteAsync("SETEX", "key", 600, "old");
        await Eventually.HoldsAsync("every replica has the value", async () => (await OnReplicasAsync()).All(exists => exists == 1));
        network.IsStalled = true;

        var removed = await host.Cache.ClearAsync("", Cancellation);
        var after = await host.Cache.LookupAsync("key", _ => ValueTask.FromResult("new"), cancellationToken: Cancellation);

        Assert.Equal(1, removed);
        Assert.Equal((CacheLevel.Source, "new"), (after.Level, after.Value));
        Assert.All(await OnReplicasAsync(), exists => Assert.Equal(1, exists));
    }

    private Task<long[]> OnReplicasAsync() => Task.WhenAll(Redis.Replicas.Select(async replica => (long)await replica.ExecuteAsync("EXISTS", "key")));
}
