namespace RedisAspire.Web.Live;

/// <summary>What all caches together had done at a moment of the last minutes.</summary>
/// <param name="TakenAt">The moment.</param>
/// <param name="Near">The values in all processes.</param>
/// <param name="LastMinute">What they did in the minute before.</param>
public sealed record StatsSample(DateTimeOffset TakenAt, NearCacheResponse Near, FiguresResponse LastMinute);
