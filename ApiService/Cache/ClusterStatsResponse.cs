using RedisAspire.Caching.Statistics;

namespace RedisAspire.ApiService.Cache;

/// <summary>The caches of all instances together.</summary>
/// <param name="Instances">How many instances there are.</param>
/// <param name="IsComplete">Whether all of them are among the figures: without Redis, this one knows only itself.</param>
/// <param name="Near">The values in all processes.</param>
/// <param name="SinceStart">What they have done since each was started.</param>
/// <param name="LastMinute">What they have done over the last minute.</param>
internal sealed record ClusterStatsResponse(
    int Instances, bool IsComplete, NearCacheResponse Near, FiguresResponse SinceStart, FiguresResponse LastMinute)
{
    public static ClusterStatsResponse Of(IReadOnlyCollection<InstanceFigures> instances, bool isComplete) => new(
        instances.Count,
        isComplete,
        NearCacheResponse.Of(instances),
        FiguresResponse.Of(Sum(instances.Select(instance => instance.SinceStart))),
        FiguresResponse.Of(Sum(instances.Select(instance => instance.LastMinute))));

    private static CacheFigures Sum(IEnumerable<CacheFigures> figures) => figures.Aggregate(CacheFigures.None, CacheFigures.Add);
}
