using RedisAspire.Hosting;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;
using StackExchange.Redis;

namespace RedisAspire.Tests.Hosting;

// Every test has nodes of its own, because some kill them. The ten seconds are for a machine that does nothing else.
public sealed class SentinelTests : IAsyncLifetime
{
    private readonly SentinelFixture _fixture = new();

    private RedisReplication Redis => _fixture.Redis;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Sentinels_agree_on_the_master_and_know_each_other_and_every_replica()
    {
        Assert.Equal(3, Redis.Sentinels.Count);
        foreach (var sentinel in Redis.Sentinels)
        {
            Assert.Equal(Redis.Master.Port, await sentinel.MasterPortAsync());
            Assert.Equal(
                Redis.Sentinels.Where(other => other != sentinel).Select(other => other.Port).Order(),
                await PortsAsync(sentinel, "SENTINELS"));
            Assert.Equal(Redis.Replicas.Select(replica => replica.Port).Order(), await PortsAsync(sentinel, "REPLICAS"));
            // One that is slow for two seconds counts as gone for a moment.
            await Eventually.HoldsAsync($"{sentinel.Name} can count on all", async () =>
                ((string?)await sentinel.ExecuteAsync("SENTINEL", "CKQUORUM", RedisConfiguration.SentinelServiceName))!.StartsWith("OK 3 usable", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_killed_master_is_replaced_and_returns_as_a_replica()
    {
        var old = Redis.Master;
        await old.ExecuteAsync("SET", "before", "1");
        await Redis.WaitForReplicasAsync();

        await old.Process.KillAsync();
        await Eventually.HoldsAsync("another node is the master", async () => await Redis.Sentinels[0].MasterPortAsync() != old.Port);

        var promoted = await Redis.CurrentMasterAsync();
        await Eventually.HoldsAsync("it has what the old one had", async () => (string?)await promoted.ExecuteAsync("GET", "before") == "1");
        await Eventually.HoldsAsync("every sentinel names it", async () =>
            (await Task.WhenAll(Redis.Sentinels.Select(sentinel => sentinel.MasterPortAsync()))).All(port => port == promoted.Port));

        await old.StartAsync();
        await old.WaitUntilReadyAsync(TestContext.Current.CancellationToken);

        await Eventually.HoldsAsync("it follows", async () =>
            await old.InfoAsync("replication") is var replication && replication["role"] == "slave" && replication["master_port"] == $"{promoted.Port}");
    }

    [Fact]
    public async Task A_sentinel_that_was_killed_comes_back_with_all_it_knew()
    {
        var sentinel = Redis.Sentinels[0];
        await sentinel.Process.KillAsync();

        await sentinel.StartAsync();

        await sentinel.WaitUntilReadyAsync(others: 2, replicas: 2, TestContext.Current.CancellationToken);
        Assert.Equal(Redis.Master.Port, await sentinel.MasterPortAsync());
        foreach (var other in Redis.Sentinels)
            Assert.Equal(2, (await PortsAsync(other, "SENTINELS")).Length);
    }

    private static async Task<int[]> PortsAsync(RedisSentinel sentinel, string what) =>
        [.. ((RedisResult[]?)await sentinel.ExecuteAsync("SENTINEL", what, RedisConfiguration.SentinelServiceName))!
            .Select(found => (int)found.ToDictionary()["port"])
            .Order()];
}
