using Microsoft.Extensions.DependencyInjection;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;
using RedisAspire.Topology;

namespace RedisAspire.Tests.Topology;

public sealed class RedisReadsTests : RedisFixture
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replica_that_has_lost_the_master_is_read_when_the_master_does_not_answer()
    {
        await Redis.Master.ExecuteAsync("SET", "key", "value");
        await Redis.WaitForReplicasAsync();
        foreach (var replica in Redis.Replicas)
            await replica.ExecuteAsync("REPLICAOF", "127.0.0.1", 1);
        await using var host = await CacheHost.StartAsync(Redis);
        await Eventually.HoldsAsync("the master is read", () => host.Topology.ReadNode?.Name == Redis.Master.Name);
        var reads = host.Services.GetRequiredService<RedisReads>();

        Redis.Master.Process.Send(Signal.Pause);
        var (node, value) = await reads.ReadAsync(
            async (node, database) => (node, await database.StringGetAsync("key").WaitAsync(TimeSpan.FromSeconds(3), Cancellation)),
            Cancellation);
        Redis.Master.Process.Send(Signal.Resume);

        Assert.StartsWith("redis-replica-", node);
        Assert.Equal("value", value);
    }
}
