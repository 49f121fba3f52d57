namespace RedisAspire.Web.Api;

/// <summary>The cache of one instance of the API.</summary>
/// <param name="Instance">Its name.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="Near">The values in its process.</param>
/// <param name="SinceStart">What it has done since the start.</param>
/// <param name="LastMinute">What it has done over the last minute.</param>
public sealed record InstanceStatsResponse(
    string Instance, DateTimeOffset StartedAt, NearCacheResponse Near, FiguresResponse SinceStart, FiguresResponse LastMinute);
