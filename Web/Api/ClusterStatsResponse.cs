namespace RedisAspire.Web.Api;

/// <summary>The caches of all instances together.</summary>
/// <param name="Instances">How many instances there are.</param>
/// <param name="IsComplete">Whether all of them are among the figures: without Redis, this one knows only itself.</param>
/// <param name="Near">The values in all processes.</param>
/// <param name="SinceStart">What they have done since each was started.</param>
/// <param name="LastMinute">What they have done over the last minute.</param>
public sealed record ClusterStatsResponse(
    int Instances, bool IsComplete, NearCacheResponse Near, FiguresResponse SinceStart, FiguresResponse LastMinute);
