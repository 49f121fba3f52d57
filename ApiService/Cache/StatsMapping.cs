using RedisAspire.Caching.Telemetry;

namespace RedisAspire.ApiService.Cache;

/// <summary>Turns the figures of the instances into the answer of <c>GET /api/cache/stats</c>.</summary>
internal static class StatsMapping
{
    /// <summary>The answer from figures of which the first are those of the instance that answers.</summary>
    public static StatsResponse ToStats(this IReadOnlyList<InstanceFigures> instances, DateTimeOffset takenAt, bool isComplete) => new(
        takenAt, instances[0].Instance, ToClusterStats(instances, isComplete), [.. instances.Select(ToInstanceStats)]);

    private static ClusterStatsResponse ToClusterStats(IReadOnlyList<InstanceFigures> instances, bool isComplete) => new(
        instances.Count,
        isComplete,
        ToNearCache(instances),
        ToFigures(Sum(instances.Select(instance => instance.SinceStart))),
        ToFigures(Sum(instances.Select(instance => instance.LastMinute))));

    private static InstanceStatsResponse ToInstanceStats(InstanceFigures figures) => new(
        figures.Instance, figures.StartedAt, ToNearCache([figures]), ToFigures(figures.SinceStart), ToFigures(figures.LastMinute));

    private static NearCacheResponse ToNearCache(IReadOnlyList<InstanceFigures> instances)
    {
        var armed = instances.Count(instance => instance.IsNearCacheOn);
        return new(
            armed == instances.Count ? "armed" : armed == 0 ? "bypassed" : "partly armed",
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

    private static CacheFigures Sum(IEnumerable<CacheFigures> figures) => figures.Aggregate(CacheFigures.None, CacheFigures.Add);

    private static double? Milliseconds(double? seconds) => seconds is { } known ? Math.Round(known * 1000, 6) : null;
}
