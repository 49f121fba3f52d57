using System.Globalization;
using RedisAspire.Hosting;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Reliability;

/// <summary>Whatever happens to the nodes, every request is answered in time. Figures: docs/reliability.md.</summary>
[Trait("Category", "Long")]
[Collection(nameof(Undisturbed))]
public sealed class FailoverDrillTests(DrillFixture fixture, ITestOutputHelper output) : IClassFixture<DrillFixture>
{
    // Of acknowledged products none is lost in 20 either; so many take two minutes.
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("MASTER_KILLS") ?? "2", CultureInfo.InvariantCulture);

    // It takes three to five seconds; when the sentinels' first vote is split, twice as long.
    private static readonly TimeSpan FailoverTime = TimeSpan.FromSeconds(12);

    // What all nodes have only in memory when they die at once: with appendfsync everysec up to two seconds of writes.
    private static readonly TimeSpan NotOnDisk = TimeSpan.FromSeconds(2);

    private RedisReplication Redis => fixture.Redis;

    [Fact]
    public async Task The_master_is_killed()
    {
        await using var drill = await Drill.RunAsync(fixture, async _ => await (await fixture.MasterAsync()).Process.KillAsync());

        await drill.AssertUnharmedAsync(output);
        Assert.True(drill.Catalogue.LongestPause <= FailoverTime + drill.Load.HeldUp, $"{drill.Load}; {drill.Catalogue}");
    }

    [Fact]
    public async Task The_master_hangs()
    {
        await using var drill = await Drill.RunAsync(fixture, async _ => (await fixture.MasterAsync()).Process.Send(Signal.Pause));

        await drill.AssertUnharmedAsync(output);
        Assert.True(drill.Catalogue.LongestPause <= FailoverTime + drill.Load.HeldUp, $"{drill.Load}; {drill.Catalogue}");
    }

    [Fact]
    public async Task The_sentinels_replace_a_master_that_is_alive()
    {
        await using var drill = await Drill.RunAsync(fixture, async _ =>
        {
            var old = await fixture.MasterAsync();
            await Redis.Sentinels[0].ExecuteAsync("SENTINEL", "FAILOVER", RedisConfiguration.SentinelServiceName);
            await Eventually.HoldsAsync("another is the master", async () => await fixture.MasterAsync() != old);
        });

        await drill.AssertUnharmedAsync(output);
        // Replicas of the old master go on acknowledging what is lost with it.
        Assert.True(drill.Catalogue.AtRisk > 0, $"{drill.Catalogue}");
    }

    [Fact]
    public async Task A_sentinel_is_lost_and_then_the_master()
    {
        await using var drill = await Drill.RunAsync(fixture, async _ =>
        {
            await Redis.Sentinels[0].Process.KillAsync();
            await (await fixture.MasterAsync()).Process.KillAsync();
        });

        await drill.AssertUnharmedAsync(output);
        Assert.True(drill.Catalogue.LongestPause <= FailoverTime + drill.Load.HeldUp, $"{drill.Load}; {drill.Catalogue}");
    }

    [Fact]
    public async Task Every_replica_is_killed_one_after_the_other()
    {
        await using var drill = await Drill.RunAsync(fixture, async _ =>
        {
            var master = await fixture.MasterAsync();
            foreach (var replica in Redis.Nodes.Where(node => node != master))
            {
                await replica.Process.KillAsync();
                await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
                await replica.StartAsync();
            }
        }, isMasterLost: false);

        await drill.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task The_replicas_hang()
    {
        await using var drill = await Drill.RunAsync(fixture, async _ =>
        {
            var master = await fixture.MasterAsync();
            foreach (var replica in Redis.Nodes.Where(node => node != master))
                replica.Process.Send(Signal.Pause);
            await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
            foreach (var replica in Redis.Nodes.Where(node => node != master))
                replica.Process.Send(Signal.Resume);
        }, isMasterLost: false);

        await drill.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task All_nodes_are_killed_and_started_again_with_their_data()
    {
        await using var drill = await Drill.RunAsync(fixture, async drill =>
        {
            // So that something is older than what may be lost.
            await Task.Delay(NotOnDisk, TestContext.Current.CancellationToken);
            await Task.WhenAll(Redis.Nodes.Select(node => node.Process.KillAsync()));
            drill.Catalogue.MayLoseSince(drill.Catalogue.Now - NotOnDisk);
            await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
            foreach (var node in Redis.Nodes)
                await node.StartAsync();
        });

        await drill.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task A_replica_has_to_copy_everything_anew()
    {
        await using var drill = await Drill.RunAsync(fixture, async _ =>
        {
            var master = await fixture.MasterAsync();
            foreach (var replica in Redis.Nodes.Where(node => node != master))
            {
                // On its own for a moment, so that it is not the same stream any more.
                await replica.ExecuteAsync("REPLICAOF", "NO", "ONE");
                await replica.ExecuteAsync("SET", "stray", replica.Name, "EX", 60);
                await replica.ExecuteAsync("REPLICAOF", "127.0.0.1", master.Port);
                await Eventually.HoldsAsync("it has copied", async () => (await replica.InfoAsync("replication"))["master_link_status"] == "up");
                Assert.True((await replica.ExecuteAsync("GET", "stray")).IsNull);
            }
        }, isMasterLost: false);

        await drill.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task No_acknowledged_product_is_lost_whenever_the_master_is_killed()
    {
        var random = new Random();
        await using var catalogue = new CatalogueWriter(fixture.Apis[1].Url);
        catalogue.Start();
        for (var i = 0; i < Kills; i++)
        {
            await fixture.RestoreAsync();
            await Task.Delay(random.Next(200, 1500), TestContext.Current.CancellationToken);
            var acknowledged = catalogue.Durable;
            await (await fixture.MasterAsync()).Process.KillAsync();
            await Eventually.HoldsAsync("products are acknowledged again", () => catalogue.Durable > acknowledged + 20);
            Assert.Empty(await catalogue.FindLostAsync(TestContext.Current.CancellationToken));
        }

        await catalogue.StopAsync();
        await fixture.RestoreAsync();
        output.WriteLine($"{Kills} masters killed: {catalogue}");
        Assert.Empty(await catalogue.FindLostAsync(TestContext.Current.CancellationToken));
    }
}
