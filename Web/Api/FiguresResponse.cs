namespace RedisAspire.Web.Api;

/// <summary>What the cache did during some time.</summary>
/// <param name="Requests">All look-ups.</param>
/// <param name="Hits">Those that spared the source.</param>
/// <param name="NearHits">Hits in the process.</param>
/// <param name="RedisHits">Hits in Redis.</param>
/// <param name="Misses">Look-ups that the source answered.</param>
/// <param name="Stale">Hits with a value past its time.</param>
/// <param name="Coalesced">Look-ups that shared the work of another.</param>
/// <param name="Fallbacks">Reads and writes that did without Redis because it failed.</param>
/// <param name="Invalidations">Entries removed from the process because they changed.</param>
/// <param name="Evictions">Entries that left the process to make room for others.</param>
/// <param name="Flushes">How often the process let go of all entries.</param>
/// <param name="HitRatio">The share of hits, from 0 to 1; none without look-ups.</param>
/// <param name="GainPercent">How much of a look-up's time a hit spares, by the medians; none without hits or without misses.</param>
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
