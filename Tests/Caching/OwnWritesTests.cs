using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching.Store;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

/// <summary>What a process remembers of its own writes. Every test has nodes of its own, because some lag behind.</summary>
public sealed class OwnWritesTests : IAsyncLifetime
{
    private readonly RedisFixture _fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RedisReplication Redis => _fixture.Redis;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_process_that_only_writes_forgets_its_writes_once_the_read_node_has_them()
    {
        await using var host = await CacheHost.StartAsync(Redis);

        for (var i = 0; i < 100; i++)
            await host.Cache.SetAsync($"{i}", "value", cancellationToken: Cancellation);

        await Eventually.HoldsAsync("nothing is remembered", () => WritesOf(host) == 0);
    }

    [Fact]
    public async Task However_much_it_writes_while_nothing_is_applied_it_remembers_a_bounded_number_and_sees_its_own_writes()
    {
        await using var network = new FlakyProxy(Redis.Master.Port);
        foreach (var replica in Redis.Replicas)
            await replica.ExecuteAsync("REPLICAOF", "127.0.0.1", network.Port);
        foreach (var replica in Redis.Replicas)
            await replica.WaitUntilReadyAsync(Cancellation);
        await using var host = await CacheHost.StartAsync(Redis);
        await host.Cache.SetAsync("key", "old", cancellationToken: Cancellation);
        await Eventually.HoldsAsync("every replica has the value", async () =>
            (await Task.WhenAll(Redis.Replicas.Select(replica => replica.ExecuteAsync("GET", "key")))).All(value => (string?)value == "old"));
        network.IsStalled = true;

        await host.Cache.SetAsync("key", "new", cancellationToken: Cancellation);
        foreach (var batch in Enumerable.Range(0, 60_000).Chunk(5_000))
            await host.Cache.RemoveAsync(batch.Select(i => $"other:{i}"), Cancellation);

        Assert.InRange(WritesOf(host), 0, 50_000);
        Assert.Equal("new", await host.Cache.GetOrCreateAsync("key", _ => ValueTask.FromResult("from the source"), cancellationToken: Cancellation));
        Assert.All(
            await Task.WhenAll(Redis.Replicas.Select(replica => replica.ExecuteAsync("GET", "key"))), value => Assert.Equal("old", (string?)value));
    }

    private static int WritesOf(CacheHost host) => host.Services.GetRequiredService<CoherentReader>().PendingWrites;
}
