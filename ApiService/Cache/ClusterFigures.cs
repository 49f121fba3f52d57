using System.Text.Json.Serialization;
using RedisAspire.ApiService.Commands;
using RedisAspire.Caching.Telemetry;

namespace RedisAspire.ApiService.Cache;

/// <summary>
/// The figures of all instances. Each instance stores its own under <c>app:stats:{instance}</c> for as long as it lives, and
/// its name in <c>app:stats</c>, so that the others find it without a scan.
/// </summary>
internal sealed partial class ClusterFigures(
    RedisMaster master, ServiceInstance instance, CacheStatistics statistics, CommandSampler sampler, TimeProvider time, ILogger<ClusterFigures> logger) : BackgroundService
{
    private const string Names = "app:stats";
    private const int MaximumInstances = 100;
    private const int Version = 2;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan NamesLifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(500);

    /// <summary>Reads the figures of all instances; only those of this one when Redis does not answer.</summary>
    public async Task<StatsResponse> ReadAsync(CancellationToken cancellationToken)
    {
        var others = await TryAsync(ReadOthersAsync, otherwise: null, cancellationToken);
        InstanceFigures[] instances = [InstanceFigures.Of(instance, statistics), .. others ?? []];
        return instances.ToStats(time.GetUtcNow(), isComplete: others is not null);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
            await TryPublishAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // The result is whether Redis has stored the figures of this instance.
    private Task<bool> TryPublishAsync(CancellationToken cancellationToken) => TryAsync(async database =>
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var figures = SharedJson.Write(Version, InstanceFigures.Of(instance, statistics));
        await Task.WhenAll(
            database.StringSetAsync(KeyOf(instance.Name), figures, Lifetime),
            database.SortedSetAddAsync(Names, instance.Name, now),
            database.SortedSetRemoveRangeByScoreAsync(Names, double.NegativeInfinity, now - NamesLifetime.TotalSeconds),
            database.KeyExpireAsync(Names, NamesLifetime),
            // It needs no round trip of its own here.
            sampler.RefreshAsync(database));
        return true;
    }, otherwise: false, cancellationToken);

    private async Task<InstanceFigures[]?> ReadOthersAsync(IDatabase database)
    {
        var names = await database.SortedSetRangeByRankAsync(Names, 0, MaximumInstances - 1, Order.Descending);
        var keys = names.Select(name => (string)name!).Where(name => name != instance.Name).Select(KeyOf).ToArray();
        var values = keys.Length == 0 ? [] : await database.StringGetAsync(keys);
        return
        [
            .. values.Select(value => SharedJson.TryRead<InstanceFigures>(Version, value))
                .OfType<InstanceFigures>()
                .Where(other => other.IsPlausible)
                .OrderBy(other => other.StartedAt),
        ];
    }

    private Task<T> TryAsync<T>(Func<IDatabase, Task<T>> ask, T otherwise, CancellationToken cancellationToken) => BestEffort.TryAsync(
        async () => master.TryGetDatabase(out var database) ? await ask(database).WaitAsync(Timeout, cancellationToken) : otherwise, otherwise, LogNotShared, cancellationToken);

    private static RedisKey KeyOf(string name) => $"{Names}:{name}";

    [LoggerMessage(LogLevel.Debug, "The cache figures could not be exchanged through Redis. /api/cache/stats shows this instance only.")]
    private partial void LogNotShared(Exception failure);
}

/// <summary>The figures of one instance's cache, as the others read them.</summary>
internal sealed record InstanceFigures(
    string Instance,
    DateTimeOffset StartedAt,
    bool IsNearCacheOn,
    int NearEntries,
    long NearBytes,
    CacheFigures SinceStart,
    CacheFigures LastMinute)
{
    // The sum over many instances fits into a long, and each count into a number of JavaScript.
    private const long Maximum = 1L << 53;
    private const int MaximumName = 256;

    /// <summary>Whether the figures can be those of an instance. Other clients of Redis can write to the same keys.</summary>
    [JsonIgnore]
    public bool IsPlausible =>
        Instance.Length is > 0 and <= MaximumName && NearEntries >= 0 && IsCount(NearBytes) && ArePlausible(SinceStart) && ArePlausible(LastMinute);

    public static InstanceFigures Of(ServiceInstance instance, CacheStatistics statistics) => new(
        instance.Name, statistics.StartedAt, statistics.IsNearCacheOn, statistics.NearEntries, statistics.NearBytes, statistics.SinceStart, statistics.LastMinute);

    private static bool ArePlausible(CacheFigures figures) => Array.TrueForAll(
        [
            figures.NearHits, figures.RedisHits, figures.Stale, figures.Misses, figures.Coalesced, figures.Fallbacks,
            figures.Invalidations, figures.Evictions, figures.Flushes,
        ],
        IsCount);

    private static bool IsCount(long count) => count is >= 0 and <= Maximum;
}

internal static class StatsMapping
{
    /// <summary>The answer. The first figures are those of the instance that answers.</summary>
    public static StatsResponse ToStats(this IReadOnlyList<InstanceFigures> instances, DateTimeOffset takenAt, bool isComplete) => new(
        takenAt,
        instances[0].Instance,
        new ClusterStatsResponse(
            instances.Count, isComplete, ToNearCache(instances), ToFigures(instances.Select(instance => instance.SinceStart)), ToFigures(instances.Select(instance => instance.LastMinute))),
        [.. instances.Select(one => new InstanceStatsResponse(one.Instance, one.StartedAt, ToNearCache([one]), ToFigures(one.SinceStart), ToFigures(one.LastMinute)))]);

    private static NearCacheResponse ToNearCache(IReadOnlyList<InstanceFigures> instances)
    {
        var on = instances.Count(instance => instance.IsNearCacheOn);
        return new(
            on == instances.Count ? "on" : on == 0 ? "off" : "partly on",
            instances.Sum(instance => (long)instance.NearEntries),
            instances.Sum(instance => instance.NearBytes));
    }

    private static FiguresResponse ToFigures(CacheFigures figures) => new(
        figures.Requests,
        figures.Hits,
        figures.NearHits,
        figures.RedisHits,
        figures.Misses,
        figures.Stale,
        figures.Coalesced,
        figures.Fallbacks,
        figures.Invalidations,
        figures.Evictions,
        figures.Flushes,
        figures.HitRatio is { } ratio ? Math.Round(ratio, 4) : null,
        figures.Gain is { } gain ? Math.Round(gain * 100, 2) : null,
        ToLatency(figures.HitLatency),
        ToLatency(figures.MissLatency));

    private static LatencyResponse ToLatency(LatencyDistribution latency) => new(
        Milliseconds(latency.Mean),
        Milliseconds(latency.Percentile(0.5)),
        Milliseconds(latency.Percentile(0.9)),
        Milliseconds(latency.Percentile(0.99)),
        Milliseconds(latency.Maximum));

    private static FiguresResponse ToFigures(IEnumerable<CacheFigures> figures) => ToFigures(figures.Aggregate(CacheFigures.None, (one, other) => one + other));

    private static double? Milliseconds(double? seconds) => seconds is { } known ? Math.Round(known * 1000, 6) : null;
}
