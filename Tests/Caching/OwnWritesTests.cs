using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching.Store;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;
using RedisAspire.Topology;

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

    [Fact]
    public async Task Reads_of_many_own_writes_ask_the_read_node_for_its_offset_once()
    {
        const int Writes = 20;
        // The nodes are polled no more, so that nothing but the reads shows how far the read node is.
        await using var host = await CacheHost.StartAsync(Redis, services: services => services.Configure<RedisTopologyOptions>(options => options.PollInterval = TimeSpan.FromMinutes(10)));
        await Eventually.HoldsAsync("the near cache is on", () => host.Near.IsOn);
        for (var i = 0; i < Writes; i++)
            await host.Cache.SetAsync($"{i}", $"value {i}", cancellationToken: Cancellation);
        var reader = Redis.Nodes.Single(node => node.Name == host.Topology.Snapshot.ReadNode);
        await Eventually.HoldsAsync("the read node has all writes", async () => await FieldAsync(reader, "replication", "slave_repl_offset") >= await FieldAsync(Redis.Master, "replication", "master_repl_offset"));
        var before = await RolesAsync(reader);

        for (var i = 0; i < Writes; i++)
            Assert.Equal($"value {i}", await host.Cache.GetOrCreateAsync($"{i}", _ => ValueTask.FromResult("from the source"), cancellationToken: Cancellation));

        Assert.Equal(1, await RolesAsync(reader) - before);
        Assert.Equal(0, WritesOf(host));
    }

    [Fact]
    public async Task Writes_at_the_same_time_ask_the_master_for_its_offset_together()
    {
        const int Writes = 500;
        await using var host = await CacheHost.StartAsync(Redis);
        var before = await RolesAsync(Redis.Master);

        await Task.WhenAll(Enumerable.Range(0, Writes).Select(i => host.Cache.SetAsync($"{i}", "value", cancellationToken: Cancellation).AsTask()));

        Assert.InRange(await RolesAsync(Redis.Master) - before, 1, Writes / 4);
    }

    private static async Task<long> RolesAsync(RedisServer node) =>
        new RedisInfo((string)(await node.ExecuteAsync("INFO", "commandstats"))!).Part("cmdstat_role", "calls") ?? 0;

    private static async Task<long?> FieldAsync(RedisServer node, string section, string field) =>
        new RedisInfo((string)(await node.ExecuteAsync("INFO", section))!).Number(field);

    private static int WritesOf(CacheHost host) => host.Services.GetRequiredService<CoherentReader>().PendingWrites;
}
