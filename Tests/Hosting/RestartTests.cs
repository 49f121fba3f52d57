using RedisAspire.RedisProcesses;

namespace RedisAspire.Tests.Hosting;

/// <summary>Which node is the master when nodes start again: a name is a name, not a role.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly ProcessGuardian _guardian = new();
    private readonly TemporaryDirectory _data = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _guardian.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task A_node_that_starts_again_follows_whoever_is_the_master_now()
    {
        await using var redis = await StartAsync(replicas: 2);
        await redis.Master.Process.KillAsync();
        await redis.Nodes[1].ExecuteAsync("REPLICAOF", "NO", "ONE");

        await redis.Master.StartAsync();
        await redis.Master.WaitUntilReadyAsync(Cancellation);

        Assert.Equal($"{redis.Nodes[1].Port}", (await redis.Master.InfoAsync("replication"))["master_port"]);
    }

    [Fact]
    public async Task A_node_that_starts_again_is_what_it_was_when_there_is_no_master()
    {
        await using var redis = await StartAsync(replicas: 1);
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

    private Task<RedisReplication> StartAsync(int replicas) => RedisReplication.StartAsync(
        new RedisReplicationOptions { Replicas = replicas, Password = "test-password", DataDirectory = _data.Path }, _guardian, Cancellation);
}
