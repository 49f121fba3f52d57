using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;
using RedisAspire.Topology;

namespace RedisAspire.Tests.Topology;

/// <summary>The cache with three sentinels, which say who the master is.</summary>
public sealed class RedisSentinelTests : RedisFixture
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_the_master_is_killed_values_are_written_again_by_themselves()
    {
        await using var host = await CacheHost.StartAsync(Redis);
        await host.Cache.SetAsync("key", "old", cancellationToken: Cancellation);
        await Redis.WaitForReplicasAsync();

        await Redis.Master.Process.KillAsync();
        await Eventually.HoldsAsync("writing works again", async () =>
        {
            await host.Cache.SetAsync("key", "new", cancellationToken: Cancellation);
            return host.Topology.Snapshot.Master is { } master && master != Redis.Master.Name && (string?)await Node(master).ExecuteAsync("GET", "key") == "new";
        });

        Assert.NotEqual(Redis.Master.Name, host.Topology.Snapshot.Master);
        // What the old master has not sent may be removed from the new one a moment later, and with it what was written since.
        await Eventually.HoldsAsync("what is written is read", async () =>
        {
            await host.Cache.SetAsync("key", "new", cancellationToken: Cancellation);
            var read = await host.Cache.GetOrCreateAsync("key", _ => ValueTask.FromResult("source"), cancellationToken: Cancellation);
            Assert.NotEqual("old", read);
            return read == "new";
        });
    }

    [Fact]
    public async Task A_certain_replica_is_promoted_through_the_sentinels()
    {
        await using var host = await CacheHost.StartAsync(Redis);
        await Eventually.HoldsAsync("the sentinels are heard", () => host.Topology.Sentinels.Links.All(link => link.Opinion is not null));
        var wanted = Redis.Nodes[2];
        var steps = new ConcurrentQueue<RedisFailoverStep>();

        await host.Services.GetRequiredService<RedisFailover>().PromoteAsync(wanted.Name, steps.Enqueue, Cancellation);

        Assert.Equal(wanted.Name, host.Topology.Snapshot.Master);
        Assert.Equal(
            [
                "redis-sentinel-1: INFO sentinel", $"{wanted.Name}: INFO replication", $"{wanted.Name}: CONFIG SET replica-priority 1", "redis-sentinel-1: SENTINEL REPLICAS mymaster", "redis-sentinel-1: SENTINEL FAILOVER mymaster",
                $"{wanted.Name}: CONFIG SET replica-priority 100", $"{wanted.Name}: CONFIG REWRITE",
            ],
            steps.Where(step => step.Command is not []).Select(step => $"{step.Node}: {string.Join(' ', step.Command)}").Distinct());
        Assert.Equal(
            ["redis-sentinel-1", "redis-sentinel-2", "redis-sentinel-3"],
            steps.Where(step => step.Message == $"+switch-master mymaster 127.0.0.1 {Redis.Master.Port} 127.0.0.1 {wanted.Port}").Select(step => step.Node).Order());
        Assert.Contains((wanted.Name, RedisRole.Master), steps.Where(step => step.Kind == RedisFailoverStepKind.Role).Select(step => (step.Node, step.Role!.Value)));
        Assert.Equal(wanted.Name, Assert.Single(steps, step => step.Kind == RedisFailoverStepKind.Master).Node);
        await Eventually.HoldsAsync("every sentinel agrees", async () =>
            (await Task.WhenAll(Redis.Sentinels.Select(sentinel => sentinel.MasterPortAsync()))).All(port => port == wanted.Port));
        Assert.Equal("100", (string?)(await wanted.ExecuteAsync("CONFIG", "GET", "replica-priority"))[1]);
    }

    [Fact]
    public async Task A_promotion_is_the_work_of_a_sentinel_that_was_not_held_up_and_waits_until_there_is_one()
    {
        await using var host = await CacheHost.StartAsync(Redis);
        await Eventually.HoldsAsync("the sentinels are heard", () => host.Topology.Sentinels.Links.All(link => link.Opinion is not null));
        // Whatever it does takes longer than a millisecond, so that it always regards itself as held up.
        foreach (var sentinel in Redis.Sentinels)
        {
            await sentinel.ExecuteAsync("SENTINEL", "DEBUG", "tilt-trigger", 1, "tilt-period", 100, "info-period", 500);
            await Eventually.HoldsAsync("it is held up", async () => ((string?)await sentinel.ExecuteAsync("INFO", "sentinel"))!.Contains("sentinel_tilt:1", StringComparison.Ordinal));
        }

        var wanted = Redis.Nodes[2];
        var steps = new ConcurrentQueue<RedisFailoverStep>();
        var promoting = host.Services.GetRequiredService<RedisFailover>().PromoteAsync(wanted.Name, steps.Enqueue, Cancellation);
        await Eventually.HoldsAsync("all were asked", () => Redis.Sentinels.All(sentinel => steps.Any(step => step.Kind == RedisFailoverStepKind.Choose && step.Node == sentinel.Name)));
        Assert.DoesNotContain(steps, step => step.Kind is RedisFailoverStepKind.Prefer or RedisFailoverStepKind.Failover);

        await Redis.Sentinels[1].ExecuteAsync("SENTINEL", "DEBUG", "tilt-trigger", 2000);
        await promoting;

        Assert.Equal(wanted.Name, host.Topology.Snapshot.Master);
        Assert.Equal("redis-sentinel-2", Assert.Single(steps, step => step.Kind == RedisFailoverStepKind.Failover).Node);
    }

    [Fact]
    public async Task A_promotion_stays_one_when_the_priority_cannot_be_given_back_and_that_is_made_up_for()
    {
        var wanted = Redis.Nodes[2];
        await using var proxy = new RefusingProxy(wanted.Port, "CONFIG");
        await using var host = await CacheHost.StartAsync(
            Redis,
            services: services => services.Configure<RedisTopologyOptions>(options => options.PeerAddresses[wanted.Name] = $"127.0.0.1:{wanted.Port}"),
            reach: node => node == wanted ? node.ConnectionString.Replace($":{node.Port}", $":{proxy.Port}", StringComparison.Ordinal) : node.ConnectionString);
        await Eventually.HoldsAsync("the sentinels are heard", () => host.Topology.Sentinels.Links.All(link => link.Opinion is not null));
        host.Topology.NodeChanged += (_, change) =>
        {
            // At this moment it is the master, and nobody knows yet.
            if (change.After.Name == wanted.Name && change.After.Role == RedisRole.Master)
                proxy.Error = "ERR not now";
        };

        await host.Services.GetRequiredService<RedisFailover>().PromoteAsync(wanted.Name, Cancellation);

        Assert.Equal(wanted.Name, host.Topology.Snapshot.Master);
        Assert.Equal("1", await PriorityAsync());
        proxy.Error = null;
        await Eventually.HoldsAsync("it has its priority again", async () => await PriorityAsync() == "100");

        async Task<string?> PriorityAsync() => (string?)(await wanted.ExecuteAsync("CONFIG", "GET", "replica-priority"))[1];
    }

    [Fact]
    public async Task A_node_whose_name_has_another_address_by_now_is_still_known_to_the_sentinels()
    {
        var isMoved = false;
        await using var host = await CacheHost.StartAsync(
            Redis,
            services: services => services.Configure<RedisTopologyOptions>(options =>
                options.ResolveAsync = (_, _) => Task.FromResult<IPAddress[]>([isMoved ? IPAddress.Loopback : IPAddress.Parse("192.0.2.1")])),
            reach: node => node.ConnectionString.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        await Eventually.HoldsAsync("the sentinels are heard", () => host.Topology.Sentinels.Links.All(link => link.Opinion is not null));
        Assert.Null(host.Topology.Sentinels.Master);

        isMoved = true;

        await Eventually.HoldsAsync("the master is known by its new address", () => host.Topology.Sentinels.Master?.Name == Redis.Master.Name);
    }

    [Fact]
    public async Task A_master_that_hung_and_was_replaced_gets_no_writes_when_it_returns()
    {
        await using var host = await CacheHost.StartAsync(Redis);
        var old = Redis.Master;

        old.Process.Send(Signal.Pause);
        await Eventually.HoldsAsync("another is the master", () => host.Topology.Snapshot.Master is { } master && master != old.Name);
        old.Process.Send(Signal.Resume);
        for (var i = 0; i < 200; i++)
        {
            await host.Cache.SetAsync($"key:{i}", "value", cancellationToken: Cancellation);
            Assert.NotEqual(old.Name, host.Topology.Snapshot.Master);
        }

        await Eventually.HoldsAsync("it follows", async () => (await old.InfoAsync("replication"))["role"] == "slave");
    }

    [Fact]
    public async Task Without_any_sentinel_left_roles_come_from_the_nodes()
    {
        await using var host = await CacheHost.StartAsync(Redis);
        foreach (var sentinel in Redis.Sentinels)
            await sentinel.Process.KillAsync();
        await Eventually.HoldsAsync("none is heard", () => host.Topology.Sentinels.Links.All(link => link.Opinion is null));

        await host.Services.GetRequiredService<RedisFailover>().PromoteAsync(Redis.Nodes[1].Name, Cancellation);

        Assert.Equal(Redis.Nodes[1].Name, host.Topology.Snapshot.Master);
    }

    protected override int Sentinels => 3;

    private RedisServer Node(string name) => Redis.Nodes.Single(node => node.Name == name);
}
