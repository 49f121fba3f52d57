namespace RedisAspire.Contracts;

/// <summary>The answer of <c>GET /api/cache/stats</c>.</summary>
/// <param name="TakenAt">When the figures were taken.</param>
/// <param name="Instance">The name of the instance that answered.</param>
/// <param name="Cluster">All instances together.</param>
/// <param name="Instances">Each instance, the one that answered first.</param>
public sealed record StatsResponse(
    DateTimeOffset TakenAt, string Instance, ClusterStatsResponse Cluster, IReadOnlyList<InstanceStatsResponse> Instances);

/// <summary>The caches of all instances together.</summary>
/// <param name="Instances">How many instances there are.</param>
/// <param name="IsComplete">Whether the figures include all of them: without Redis, an instance has only its own.</param>
/// <param name="Near">The values in all processes.</param>
/// <param name="SinceStart">What they have done since each was started.</param>
/// <param name="LastMinute">What they have done over the last minute.</param>
public sealed record ClusterStatsResponse(
    int Instances, bool IsComplete, NearCacheResponse Near, FiguresResponse SinceStart, FiguresResponse LastMinute);

/// <summary>The cache of one instance of the API.</summary>
/// <param name="Instance">Its name.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="Near">The values in its process.</param>
/// <param name="SinceStart">What it has done since the start.</param>
/// <param name="LastMinute">What it has done over the last minute.</param>
public sealed record InstanceStatsResponse(
    string Instance, DateTimeOffset StartedAt, NearCacheResponse Near, FiguresResponse SinceStart, FiguresResponse LastMinute);

/// <summary>The near cache: values that are kept in the process.</summary>
/// <param name="State"><c>on</c> while Redis invalidates values that change; <c>off</c> while it cannot, so that nothing is kept; <c>partly on</c> when that differs between instances.</param>
/// <param name="Entries">How many there are.</param>
/// <param name="Bytes">How many bytes they count for.</param>
public sealed record NearCacheResponse(string State, long Entries, long Bytes);

/// <summary>The figures of the cache for a period of time.</summary>
/// <param name="Requests">All look-ups.</param>
/// <param name="Hits">Look-ups that did not call the source.</param>
/// <param name="NearHits">Hits in the process.</param>
/// <param name="RedisHits">Hits in Redis.</param>
/// <param name="Misses">Look-ups that the source answered.</param>
/// <param name="Stale">Hits with a value past its time.</param>
/// <param name="Coalesced">Look-ups that shared the work of another.</param>
/// <param name="Fallbacks">Reads and writes without Redis, because it failed.</param>
/// <param name="Invalidations">Entries that the near cache removed because they changed.</param>
/// <param name="Evictions">Entries that the near cache evicted for others.</param>
/// <param name="Flushes">How often the near cache was emptied.</param>
/// <param name="HitRatio">The share of hits, from 0 to 1; none without look-ups.</param>
/// <param name="GainPercent">The share of a look-up's time that a hit saves, by the medians; none without hits or without misses.</param>
/// <param name="HitLatency">How long hits took.</param>
/// <param name="MissLatency">How long misses took.</param>
public sealed record FiguresResponse(
    long Requests,
    long Hits,
    long NearHits,
    long RedisHits,
    long Misses,
    long Stale,
    long Coalesced,
    long Fallbacks,
    long Invalidations,
    long Evictions,
    long Flushes,
    double? HitRatio,
    double? GainPercent,
    LatencyResponse HitLatency,
    LatencyResponse MissLatency);

/// <summary>How long look-ups took, in milliseconds, to within 1.6 %; none of the figures without look-ups.</summary>
/// <param name="MeanMs">Their mean.</param>
/// <param name="P50Ms">What half of them did not exceed.</param>
/// <param name="P90Ms">What nine of ten did not exceed.</param>
/// <param name="P99Ms">What 99 of 100 did not exceed.</param>
/// <param name="MaxMs">The longest.</param>
public sealed record LatencyResponse(double? MeanMs, double? P50Ms, double? P90Ms, double? P99Ms, double? MaxMs);

/// <summary>The answer of <c>DELETE /api/cache</c>.</summary>
/// <param name="Removed">How many keys were removed.</param>
public sealed record ClearedResponse(long Removed) : TracedResponse;
