using RedisAspire.CoherenceWorker;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching.Coherence;

/// <summary>
/// Three processes read on replicas and write, through the cache and past it, while their tracked connections are cut
/// and a replica hangs.
/// </summary>
[Collection(nameof(Undisturbed))]
public sealed class CoherenceTests : IAsyncLifetime
{
    private readonly RedisFixture _fixture = new();

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task No_process_reads_behind_its_own_writes_and_none_stays_behind_the_master()
    {
        var run = new CoherenceRun(_fixture, Breakage.None);

        await run.RunAsync(TimeSpan.FromSeconds(10), isDisturbed: true);

        TestContext.Current.SendDiagnosticMessage($"{run.Ran}, {run.Compared}, {run.Kills} kills");
        Assert.True(run.Ran.Behind + run.Compared.Stale + run.Compared.Behind == 0, run.Report);
        Assert.Equal("", run.Report);
        // What was tried must be worth something.
        Assert.True(run.Ran.AllWrites > 3000, $"{run.Ran}");
        Assert.True(run.Ran.Judged > 3000, $"{run.Ran}");
        Assert.True(run.Ran.Near > 2000, $"{run.Ran}");
        Assert.True(run.Compared.Near > 3000, $"{run.Compared}");
        Assert.True(run.Kills > 10, $"{run.Kills} kills");
    }

    [Fact]
    public async Task A_cache_that_ignores_invalidations_is_found_out()
    {
        var run = new CoherenceRun(_fixture, Breakage.IgnoresInvalidations);

        await run.RunAsync(TimeSpan.FromSeconds(3), isDisturbed: false);

        Assert.True(run.Compared.Stale > 0, $"{run.Compared}");
        Assert.Contains("while the master has", run.Report);
    }

    [Fact]
    public async Task A_cache_that_forgets_its_own_writes_is_found_out()
    {
        var run = new CoherenceRun(_fixture, Breakage.ForgetsOwnWrites);

        await run.RunAsync(TimeSpan.FromSeconds(3), isDisturbed: false);

        Assert.True(run.Ran.Behind > 0, $"{run.Ran}");
        Assert.Contains("from before the process' own write", run.Report);
    }
}
