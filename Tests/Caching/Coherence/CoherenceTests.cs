using RedisAspire.CoherenceWorker;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching.Coherence;

[Collection(nameof(Undisturbed))]
public sealed class CoherenceTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Keys = 3000;

    private readonly RedisFixture _fixture = new();

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    [Trait("Category", "Long")]
    public Task Three_processes_never_read_what_is_older_than_their_own_writes_and_nothing_stays_stale() => AssertCoherentAsync(TimeSpan.FromSeconds(13), leastKills: 5);

    // As long as it takes until a replica was stopped, and connections were cut before and after that.
    [Fact]
    public Task A_shorter_run_finds_nothing_either() => AssertCoherentAsync(TimeSpan.FromSeconds(7), leastKills: 2);

    [Fact]
    public async Task A_cache_that_does_not_heed_invalidations_is_found_out()
    {
        var run = await CoherenceRun.ExecuteAsync(_fixture.Redis, Keys, TimeSpan.FromSeconds(2), Breakage.IgnoresInvalidations);
        output.WriteLine(run.Summary);
        output.WriteLine(run.Violations);

        Assert.True(run.Checking.Sum(counts => counts.Stale) > 0, run.Summary);
        AssertTold(run, "After all writing a read returned ");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_cache_that_forgets_its_own_writes_is_found_out()
    {
        var run = await CoherenceRun.ExecuteAsync(_fixture.Redis, Keys, TimeSpan.FromSeconds(6), Breakage.ForgetsOwnWrites);
        output.WriteLine(run.Summary);
        output.WriteLine(run.Violations);

        Assert.True(run.Running.Sum(counts => counts.Behind) > 0, run.Summary);
        AssertTold(run, "A read returned a value from before the process' own write.");
    }

    // With the write, and the read that did not know of it.
    private static void AssertTold(CoherenceRun run, string violation)
    {
        Assert.Contains(violation, run.Violations);
        Assert.Contains("Its history:", run.Violations);
        Assert.Contains(" set ", run.Violations);
        Assert.Contains(" Near redis-replica-", run.Violations);
    }

    private async Task AssertCoherentAsync(TimeSpan duration, int leastKills)
    {
        var faults = new Faults(_fixture.Redis);
        var run = await CoherenceRun.ExecuteAsync(_fixture.Redis, Keys, duration, faults: faults.HappenAsync);
        output.WriteLine($"{faults}; {run.Summary}");
        output.WriteLine(run.Violations);

        Assert.True(run.Running.Sum(counts => counts.Behind) + run.Checking.Sum(counts => counts.Behind + counts.Stale) == 0, $"{run.Summary}\n{run.Violations}");
        Assert.Equal("", run.Violations);

        // What follows shows that there was something to find.
        Assert.All(run.Running, counts =>
        {
            Assert.True(counts.AllWrites > 500, run.Summary);
            Assert.True(counts.Judged > 500, run.Summary);
            Assert.True(counts.Near > 500, run.Summary);
            Assert.True(counts.Near + counts.Redis > counts.Reads / 2, run.Summary);
            Assert.True(counts.Uncertain < counts.AllWrites / 10, run.Summary);
        });
        Assert.All(run.Checking, counts =>
        {
            Assert.True(counts.Compared == 2 * Keys, run.Summary);
            Assert.True(counts.Near > Keys / 2, run.Summary);
        });
        Assert.True(run.Running.Sum(counts => counts.AllWrites) > 3000, run.Summary);
        Assert.True(faults.Kills >= leastKills, run.Summary);
        Assert.NotNull(faults.Paused);
    }
}
