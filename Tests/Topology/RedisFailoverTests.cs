using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;
using RedisAspire.Topology;

namespace RedisAspire.Tests.Topology;

public sealed class RedisFailoverTests : IAsyncLifetime
{
    private readonly RedisFixture _fixture = new();
    private CacheHost _host = null!;

    private RedisServer First => _fixture.Redis.Nodes[0];

    private RedisServer Second => _fixture.Redis.Nodes[1];

    private RedisServer Third => _fixture.Redis.Nodes[2];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _fixture.InitializeAsync();
        _host = await CacheHost.StartAsync(_fixture.Redis);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task A_replica_is_promoted_by_hand_and_all_others_follow_it()
    {
        await First.ExecuteAsync("SET", "before", "1");

        var steps = new ConcurrentQueue<RedisFailoverStep>();

        await Failover.PromoteAsync(Second.Name, steps.Enqueue, Cancellation);

        Assert.Equal(Second.Name, _host.Topology.Snapshot.Master);
        Assert.Equal(["FAILOVER", "TO", "127.0.0.1", $"{Second.Port}", "TIMEOUT", "2000"], steps.Last(step => step.Kind == RedisFailoverStepKind.HandOver).Command);
        Assert.Contains(steps, step => step.Kind == RedisFailoverStepKind.Ask && step.Node == Second.Name && step.Command is ["ROLE"]);
        Assert.Contains(steps, step => step.Kind == RedisFailoverStepKind.Follow && step.Node == Third.Name && step.Command is ["REPLICAOF", "127.0.0.1", var port] && port == $"{Second.Port}");
        Assert.Equal(
            [(Second.Name, RedisRole.Master), (First.Name, RedisRole.Replica)],
            steps.Where(step => step.Kind == RedisFailoverStepKind.Role).Select(step => (step.Node, step.Role!.Value)).OrderBy(seen => seen.Item2 == RedisRole.Replica));
        Assert.Equal(Second.Name, Assert.Single(steps, step => step.Kind == RedisFailoverStepKind.Master).Node);
        foreach (var node in _fixture.Redis.Nodes)
        {
            await Eventually.HoldsAsync($"{node.Name} has what was written before", async () => (string?)await node.ExecuteAsync("GET", "before") == "1");
            // Again and again: a write that was not confirmed is removed a moment later, and with it what was written since.
            await Eventually.HoldsAsync($"{node.Name} has what is written after", async () =>
            {
                await _host.Cache.SetAsync("after", "2", cancellationToken: Cancellation);
                return (string?)await node.ExecuteAsync("GET", "after") == "2";
            });
        }
    }

    [Fact]
    public async Task A_master_that_hung_meanwhile_follows_the_new_one_when_it_returns()
    {
        First.Process.Send(Signal.Pause);
        await Eventually.HoldsAsync("the hang is noticed", () => _host.Topology.Snapshot.Master is null);

        await PromoteAsync(Third);
        await _host.Cache.SetAsync("meanwhile", "1", cancellationToken: Cancellation);
        First.Process.Send(Signal.Resume);

        await Eventually.HoldsAsync("it follows and has caught up", async () => (string?)await First.ExecuteAsync("GET", "meanwhile") == "1");
        Assert.Equal("slave", (await First.InfoAsync("replication"))["role"]);
    }

    [Fact]
    public async Task Of_two_masters_the_one_that_others_follow_takes_the_writes()
    {
        await Second.ExecuteAsync("REPLICAOF", "NO", "ONE");
        await Eventually.HoldsAsync("both are seen as masters", () => _host.Topology.Snapshot.Nodes.Count(node => node.Role == RedisRole.Master) == 2);

        Assert.Equal(First.Name, _host.Topology.Snapshot.Master);
        Assert.NotEqual(Second.Name, _host.Topology.ReadNode?.Name);
    }

    [Fact]
    public async Task What_cannot_be_promoted_is_refused_with_a_reason()
    {
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Failover.PromoteAsync("nobody", Cancellation));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Failover.PromoteAsync(First.Name, Cancellation));
        await Third.Process.KillAsync();
        await Eventually.HoldsAsync("it is down", () => !_host.Topology.Snapshot.Nodes[2].IsUp);
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => Failover.PromoteAsync(Third.Name, Cancellation));
        Assert.Contains("down", refusal.Message);
        Assert.Equal(First.Name, _host.Topology.Snapshot.Master);
    }

    [Fact]
    public async Task A_living_master_that_cannot_hand_over_is_not_replaced()
    {
        await Third.ExecuteAsync("REPLICAOF", "127.0.0.1", Second.Port);
        await Eventually.HoldsAsync("it follows the other replica", async () => (await Third.InfoAsync("replication")) is var info
            && info["master_port"] == Second.Port.ToString(CultureInfo.InvariantCulture) && info["master_link_status"] == "up");
        // While the master counts it among its replicas, it begins to hand over, and gives up.
        await Eventually.HoldsAsync("the master has one replica left", async () => (await First.InfoAsync("replication"))["connected_slaves"] == "1");

        var refusal = await Assert.ThrowsAsync<RedisUnavailableException>(() => Failover.PromoteAsync(Third.Name, Cancellation));

        Assert.Contains("FAILOVER", refusal.Message);
        Assert.Equal(First.Name, _host.Topology.Snapshot.Master);
        Assert.Equal("slave", (await Third.InfoAsync("replication"))["role"]);
    }

    [Fact]
    public async Task A_replica_that_does_not_catch_up_is_not_made_the_master()
    {
        // It answers, but what the master writes waits.
        await Third.ExecuteAsync("CLIENT", "PAUSE", 60_000, "WRITE");
        await First.ExecuteAsync("SET", "late", "1");

        var refusal = await Assert.ThrowsAsync<RedisUnavailableException>(() => Failover.PromoteAsync(Third.Name, Cancellation));

        Assert.Contains("did not hand over", refusal.Message);
        Assert.Equal("slave", (await Third.InfoAsync("replication"))["role"]);
        await Third.ExecuteAsync("CLIENT", "UNPAUSE");
        await _fixture.Redis.WaitForReplicasAsync();
        Assert.Equal("1", (string?)await Third.ExecuteAsync("GET", "late"));
    }

    [Fact]
    public async Task Whoever_watches_is_told_of_nodes_that_go_come_and_change_their_role()
    {
        var changes = new List<string>();
        _host.Topology.NodeChanged += (_, change) =>
        {
            lock (changes)
                changes.Add($"{change.After.Name} {(change.IsNowUp ? "up" : change.IsNowDown ? "down" : "role")}");
        };

        await Third.Process.KillAsync();
        await ReportedAsync($"{Third.Name} down");
        await Third.StartAsync();
        await ReportedAsync($"{Third.Name} up");
        await PromoteAsync(Second);
        await ReportedAsync($"{Second.Name} role");

        await foreach (var snapshot in _host.Topology.WatchAsync(Cancellation))
        {
            if (snapshot.Nodes.Count(node => node.CanRead) == 3)
                break;
        }

        Task ReportedAsync(string change) => Eventually.HoldsAsync($"reported: {change}", () =>
        {
            lock (changes)
                return changes.Contains(change);
        });
    }

    private RedisFailover Failover => _host.Services.GetRequiredService<RedisFailover>();

    private Task PromoteAsync(RedisServer node) => Failover.PromoteAsync(node.Name, Cancellation);
}
