using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Caching.Coherence;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Reliability;

/// <summary>The coherence of three processes while nodes die, hang and change their roles.</summary>
[Trait("Category", "Long")]
[Collection(nameof(Undisturbed))]
public sealed class CoherenceDrillTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Keys = 2000;

    private readonly SentinelFixture _fixture = new();

    private RedisReplication Redis => _fixture.Redis;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Nothing_stale_is_served_after_nodes_died_hung_and_changed_their_roles()
    {
        var run = await CoherenceRun.ExecuteAsync(Redis, Keys, TimeSpan.FromSeconds(6), faults: HappenAsync);

        output.WriteLine(run.Summary);
        output.WriteLine(run.Violations);
        Assert.True(run.Running.Sum(counts => counts.Behind) + run.Checking.Sum(counts => counts.Behind + counts.Stale) == 0, $"{run.Summary}\n{run.Violations}");
        Assert.All(run.Checking, counts => Assert.Equal(2 * Keys, counts.Compared));
        Assert.True(run.Running.Sum(counts => counts.AllWrites) > 2000, run.Summary);
        Assert.True(run.Running.Sum(counts => counts.Near) > 2000, run.Summary);
    }

    private async Task HappenAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        await Task.Delay(pause / 3, cancellationToken);
        var master = await Redis.CurrentMasterAsync();
        var replica = Redis.Nodes.First(node => node != master);
        await replica.Process.KillAsync();
        await Task.Delay(pause / 3, cancellationToken);
        await Redis.RestoreAsync();

        await master.Process.KillAsync();
        await Redis.CurrentMasterAsync();
        await Redis.RestoreAsync();

        master = await Redis.CurrentMasterAsync();
        Redis.Nodes.First(node => node != master).Process.Send(Signal.Pause);
        await Task.Delay(pause, cancellationToken);
        await Redis.RestoreAsync();
    }
}
