using Aspire.Hosting.ApplicationModel;
using RedisAspire.Hosting;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

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

    [Fact]
    public async Task A_node_that_is_still_loading_its_data_is_waited_for()
    {
        await using var redis = await StartAsync(replicas: 0);
        var node = redis.Master;
        var value = new byte[600_000];
        Random.Shared.NextBytes(value);
        for (var i = 0; i < 20; i++)
            await node.ExecuteAsync("SET", $"large:{i}", value);
        await node.ExecuteAsync("BGREWRITEAOF");
        await Eventually.HoldsAsync("the data is in one file", async () => (await node.InfoAsync("persistence")) is var state && state["aof_rewrite_in_progress"] == "0" && state["aof_rewrite_scheduled"] == "0");
        // In microseconds, for each key.
        await node.ExecuteAsync("CONFIG", "SET", "key-load-delay", "50000");
        await node.ExecuteAsync("CONFIG", "REWRITE");
        await node.Process.KillAsync();

        await node.StartAsync();
        await new RedisMember(new Node(node.Name, node.ConnectionString), isSentinel: false).WaitUntilAnsweringAsync(Cancellation);

        Assert.Equal("0", (await node.InfoAsync("persistence"))["loading"]);
    }

    private Task<RedisReplication> StartAsync(int replicas) => RedisReplication.StartAsync(
        new RedisReplicationOptions { Replicas = replicas, Password = "test-password", DataDirectory = _data.Path }, _guardian, Cancellation);

    private sealed class Node(string name, string connectionString) : ContainerResource(name), IResourceWithConnectionString
    {
        public ReferenceExpression ConnectionStringExpression { get; } = ReferenceExpression.Create($"{connectionString}");
    }
}
