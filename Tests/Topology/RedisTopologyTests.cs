using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisAspire.Tests.Support;
using RedisAspire.Topology;

namespace RedisAspire.Tests.Topology;

public sealed class RedisTopologyTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task A_service_that_has_started_knows_its_nodes_and_does_not_wait_for_one_that_never_answers()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var hanging = fixture.Redis.Nodes[2];

        await using var host = await CacheHost.StartAsync(fixture.Redis, reach: node => node == hanging ? $"{silent.LocalEndpoint}" : node.ConnectionString);

        var snapshot = host.Topology.Snapshot;
        Assert.Equal("redis-master", snapshot.Master);
        Assert.Equal([true, true, false], snapshot.Nodes.Select(node => node.IsUp));
    }

    [Fact]
    public async Task The_snapshot_knows_every_node_with_its_role_link_and_lag()
    {
        await using var host = await CacheHost.StartAsync(fixture.Redis);
        await fixture.Redis.Master.ExecuteAsync("SET", "a", "1");
        await Eventually.HoldsAsync("every node shows the key", () => host.Topology.Snapshot.Nodes.All(node => node.Keys == 1));

        var snapshot = host.Topology.Snapshot;

        Assert.Equal(["redis-master", "redis-replica-1", "redis-replica-2"], snapshot.Nodes.Select(node => node.Name));
        Assert.Equal("redis-master", snapshot.Master);
        Assert.StartsWith("redis-replica-", snapshot.ReadNode, StringComparison.Ordinal);
        Assert.All(snapshot.Nodes, node =>
        {
            Assert.True(node.IsUp, node.Error);
            Assert.True(node.UsedMemoryBytes > 0);
            Assert.True(node.Offset > 0);
            Assert.NotNull(node.Version);
        });
        Assert.Equal(2, snapshot.Nodes[0].ConnectedReplicas);
        Assert.All(snapshot.Nodes.Skip(1), node => Assert.Equal((RedisRole.Replica, true), (node.Role, node.IsLinkUp)));
        Assert.All(snapshot.Nodes.Skip(1), node => Assert.True(node.LagBytes >= 0));
    }

    [Fact]
    public async Task A_promoted_replica_becomes_the_master_and_takes_writes()
    {
        var own = new RedisFixture();
        await own.InitializeAsync();
        await using var cleanup = own;
        await using var host = await CacheHost.StartAsync(own.Redis);

        await own.Redis.Nodes[0].Process.StopAsync();
        await own.Redis.Nodes[1].ExecuteAsync("REPLICAOF", "NO", "ONE");
        await Eventually.HoldsAsync("the replica is the master", () => host.Topology.Snapshot.Master == own.Redis.Nodes[1].Name);

        await Eventually.HoldsAsync("a value is written to the new master", async () =>
        {
            await host.Cache.SetAsync("b", "2", cancellationToken: TestContext.Current.CancellationToken);
            return (string?)await own.Redis.Nodes[1].ExecuteAsync("GET", "b") == "2";
        });
    }

    [Fact]
    public async Task Nodes_are_looked_at_whatever_those_throw_who_are_told_of_them()
    {
        var own = new RedisFixture();
        await own.InitializeAsync();
        await using var cleanup = own;
        await using var host = await CacheHost.StartAsync(own.Redis);
        var isTold = false;
        host.Topology.NodeChanged += static (_, _) => throw new InvalidOperationException("A listener fails.");
        host.Topology.NodeChanged += (_, change) => isTold |= change.IsNowUp;
        host.Topology.SnapshotUpdated += static (_, _) => throw new InvalidOperationException("A listener fails.");
        var replica = own.Redis.Nodes[1];

        await replica.Process.KillAsync();
        await Eventually.HoldsAsync("it is down", () => !host.Topology.Snapshot.Nodes[1].IsUp);
        await replica.StartAsync();
        await Eventually.HoldsAsync("it is up", () => host.Topology.Snapshot.Nodes[1].IsUp);

        Assert.True(isTold);
        Assert.False(host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task A_poll_reads_the_replication_and_all_sections_only_now_and_then_or_when_the_node_has_restarted()
    {
        var own = new RedisFixture();
        await own.InitializeAsync();
        await using var cleanup = own;
        // Polls come when the test wants them, so that no other one reads all sections.
        await using var host = await CacheHost.StartAsync(own.Redis, services: services => services.Configure<RedisTopologyOptions>(options => options.PollInterval = TimeSpan.FromMinutes(10)));
        var before = host.Topology.Snapshot.Nodes[0];
        await own.Redis.Master.ExecuteAsync("SET", "a", "1");

        await Eventually.HoldsAsync("the write shows in the offset", () => Polled().Offset > before.Offset);
        Assert.Equal((before.Keys, before.UsedMemoryBytes, before.RunId), (Polled().Keys, Polled().UsedMemoryBytes, Polled().RunId));
        Assert.Equal($"{Polled().Offset}", Polled().Info!["replication"]["master_repl_offset"]);
        Assert.Equal(before.Version, Polled().Info!["server"]["redis_version"]);

        await own.Redis.Master.Process.KillAsync();
        await own.Redis.Master.StartAsync();
        await Eventually.HoldsAsync("the new run shows", () => Polled() is { IsUp: true } status && status.RunId != before.RunId);

        RedisNodeStatus Polled()
        {
            host.Topology.PollNow();
            return host.Topology.Snapshot.Nodes[0];
        }
    }

    [Fact]
    public void Numbers_and_words_are_read_from_INFO_without_allocation()
    {
        var info = new RedisInfo("# Replication\r\nrole:master\r\nmaster_repl_offset:120\r\nmaster_repl_offset_2:7\r\nloading:0\r\nmem_fragmentation_ratio:1.5\r\ndb0:keys=3,expires=1\r\n");

        Assert.Equal(0, Allocations.Of(() =>
        {
            Assert.True(info.Is("role", "master"));
            Assert.False(info.Is("role", "mast"));
            Assert.True(info.Number("master_repl_offset") == 120 && info.Number("repl_offset") is null && info.Number("master_repl_offset_2") == 7);
            Assert.True(info.Flag("loading") == false && info.Fraction("mem_fragmentation_ratio") == 1.5 && info.Part("db0", "expires") == 1);
        }));
    }

    [Fact]
    public void INFO_is_read_field_by_field()
    {
        var info = new RedisInfo("# Server\r\nredis_version:7.0.15\r\nuptime_in_seconds:12\r\n\r\n# Keyspace\r\ndb0:keys=1001,expires=3,avg_ttl=0\r\nbroken\r\n");

        Assert.Equal("7.0.15", info.Text("redis_version"));
        Assert.Equal(12, info.Number("uptime_in_seconds"));
        Assert.Equal((1001L, 3L), (info.Part("db0", "keys"), info.Part("db0", "expires")));
        Assert.Null(info.Text("absent"));
        Assert.Null(info.Number("redis_version"));
        Assert.Null(info.Part("db1", "keys"));
    }
}
