using RedisAspire.Standalone;
using RedisAspire.Standalone.Processes;
using RedisAspire.Standalone.Redis;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Standalone;

/// <summary>Which node is the master when nodes start again: a name is a name, not a role.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly ProcessGuardian _guardian = new();
    private readonly DataDirectory _data = DataDirectory.CreateTemporary();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _guardian.Dispose();
        _data.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_replica_that_sentinels_have_promoted_is_the_master_of_the_next_run_with_all_its_data(int replicas)
    {
        string promoted;
        await using (var first = await StartAsync(replicas, sentinels: 3))
        {
            await first.Master.ExecuteAsync("SET", "before", "1");
            await first.WaitForReplicasAsync();
            await first.Master.Process.KillAsync();
            await Eventually.HoldsAsync("a replica is the master", async () =>
                (await Task.WhenAll(first.Sentinels.Select(sentinel => sentinel.MasterPortAsync()))).All(port => port != first.Master.Port), TimeSpan.FromSeconds(60));
            var port = await first.Sentinels[0].MasterPortAsync();
            var master = first.Nodes.Single(node => node.Port == port);
            await Eventually.HoldsAsync("the others follow it", async () => (await master.InfoAsync("replication"))["connected_slaves"] == $"{replicas - 1}");
            await master.ExecuteAsync("SET", "after", "2");
            await master.WaitForReplicasAsync(replicas - 1);
            promoted = master.Name;
        }

        await using var second = await StartAsync(replicas, sentinels: 0);

        Assert.Equal(promoted, second.Master.Name);
        foreach (var node in second.Nodes)
        {
            Assert.Equal(node == second.Master ? "master" : "slave", (await node.InfoAsync("replication"))["role"]);
            Assert.Equal(("1", "2"), ((string?)await node.ExecuteAsync("GET", "before"), (string?)await node.ExecuteAsync("GET", "after")));
        }
    }

    [Fact]
    public async Task A_replica_promoted_by_hand_is_the_master_of_the_next_run()
    {
        await using (var first = await StartAsync(replicas: 2, sentinels: 0))
        {
            await first.Nodes[2].ExecuteAsync("REPLICAOF", "NO", "ONE");
            foreach (var other in first.Nodes.Take(2))
                await other.ExecuteAsync("REPLICAOF", "127.0.0.1", first.Nodes[2].Port);
            foreach (var node in first.Nodes)
                await node.ExecuteAsync("CONFIG", "REWRITE");
        }

        await using var second = await StartAsync(replicas: 2, sentinels: 0);

        Assert.Equal("redis-replica-2", second.Master.Name);
    }

    [Fact]
    public async Task A_node_that_starts_again_follows_whoever_is_the_master_now()
    {
        await using var redis = await StartAsync(replicas: 2, sentinels: 0);
        await redis.Master.Process.KillAsync();
        await redis.Nodes[1].ExecuteAsync("REPLICAOF", "NO", "ONE");

        await redis.Master.StartAsync();
        await redis.Master.WaitUntilReadyAsync(Cancellation);

        Assert.Equal($"{redis.Nodes[1].Port}", (await redis.Master.InfoAsync("replication"))["master_port"]);
    }

    [Fact]
    public async Task A_node_that_starts_again_is_what_it_was_when_there_is_no_master()
    {
        await using var redis = await StartAsync(replicas: 1, sentinels: 0);
        foreach (var node in redis.Nodes)
            await node.Process.KillAsync();

        await redis.Nodes[1].StartAsync();
        await redis.Nodes[1].WaitUntilAnsweringAsync(Cancellation);
        await redis.Nodes[0].StartAsync();
        await redis.Nodes[0].WaitUntilReadyAsync(Cancellation);
        await redis.Nodes[1].WaitUntilReadyAsync(Cancellation);

        Assert.Equal("master", (await redis.Nodes[0].InfoAsync("replication"))["role"]);
        Assert.Equal("slave", (await redis.Nodes[1].InfoAsync("replication"))["role"]);
    }

    private Task<RedisReplication> StartAsync(int replicas, int sentinels) => RedisReplication.StartAsync(
        new RedisReplicationOptions
        {
            Replicas = replicas,
            Port = 0,
            Sentinels = sentinels,
            SentinelPort = 0,
            Password = "test-password",
            DataDirectory = _data.Path,
        },
        _guardian, LaunchLog.Silent, Cancellation);
}
