using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Telemetry;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching.Statistics;

public sealed class CacheStatisticsTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Look_ups_are_counted_by_level_and_timed()
    {
        await using var host = await CacheHost.StartAsync(fixture.Redis);
        var statistics = host.Services.GetRequiredService<CacheStatistics>();
        var key = $"key-{Guid.NewGuid():N}";
        await Eventually.HoldsAsync("values stay in the process", () => statistics.IsNearCacheOn);

        var levels = new List<CacheLevel>();
        await Eventually.HoldsAsync("the value is near", async () =>
        {
            levels.Add((await host.Cache.LookupAsync(key, _ => ValueTask.FromResult("value"), cancellationToken: Cancellation)).Level);
            return levels[^1] == CacheLevel.Near;
        });
        levels.Add(CacheLevel.Near);
        await host.Cache.GetOrCreateAsync(key, _ => ValueTask.FromResult("value"), cancellationToken: Cancellation);
        // The fill itself counts when a late replica tells of it while the value is read.
        var invalidations = statistics.SinceStart.Invalidations;
        await host.Cache.RemoveAsync(key, Cancellation);

        var figures = statistics.SinceStart;
        Assert.Equal(
            (levels.Count(level => level == CacheLevel.Near), levels.Count(level => level == CacheLevel.Redis), levels.Count(level => level == CacheLevel.Source)),
            (figures.NearHits, figures.RedisHits, figures.Misses));
        Assert.Equal((levels.Count, figures.Hits, figures.Misses), (figures.Requests, figures.HitLatency.Count, figures.MissLatency.Count));
        Assert.Equal((double)figures.Hits / figures.Requests, figures.HitRatio);
        Assert.InRange(figures.HitLatency.Maximum!.Value, 0, 20);
        Assert.Equal(invalidations + 1, figures.Invalidations);
        Assert.Equal(figures.Requests, statistics.LastMinute.Requests);
    }

    [Fact]
    public async Task Shared_work_is_counted()
    {
        await using var host = await CacheHost.StartAsync(fixture.Redis);
        var release = new TaskCompletionSource();
        var callers = Enumerable.Range(0, 3).Select(_ => host.Cache.LookupAsync($"shared-{host.GetHashCode()}", async _ =>
        {
            await release.Task;
            return "value";
        }, cancellationToken: Cancellation).AsTask()).ToArray();
        release.SetResult();
        await Task.WhenAll(callers);

        Assert.Equal(2, host.Services.GetRequiredService<CacheStatistics>().SinceStart.Coalesced);
    }

    [Fact]
    public void The_last_minute_forgets_what_is_older_and_the_start_does_not()
    {
        var time = new ManualTimeProvider();
        var counters = new RequestCounters();
        using var statistics = new CacheStatistics(counters, new NearCache(new NearCacheOptions(), time), time);

        counters.Count(CacheLevel.Redis, isStale: true, nanoseconds: 1000);
        for (var slice = 0; slice < 12; slice++)
        {
            Assert.Equal((1, 0), (statistics.LastMinute.RedisHits, statistics.LastMinute.Misses));
            time.Advance(TimeSpan.FromSeconds(5));
            statistics.EndSlice();
        }

        counters.Count(CacheLevel.Source, isStale: false, nanoseconds: 2000);
        time.Advance(TimeSpan.FromSeconds(5));
        statistics.EndSlice();

        Assert.Equal((0, 0, 1), (statistics.LastMinute.RedisHits, statistics.LastMinute.HitLatency.Count, statistics.LastMinute.Misses));
        Assert.Equal((1, 1, 1), (statistics.SinceStart.RedisHits, statistics.SinceStart.Stale, statistics.SinceStart.Misses));
        Assert.Equal(0.5, statistics.SinceStart.Gain!.Value, tolerance: 0.03);
    }
}
