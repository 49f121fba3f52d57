namespace RedisAspire.Web.Api.Lab;

/// <summary>How long the requests took that were answered by one level.</summary>
/// <param name="Level">Who answered: <c>near</c>, <c>redis</c> or <c>source</c>; <c>write</c> for writes.</param>
/// <param name="Requests">How many there were.</param>
/// <param name="PerSecond">How many that is in a second.</param>
/// <param name="P50Ms">Half of them took no longer, in milliseconds.</param>
/// <param name="P90Ms">Nine of ten took no longer.</param>
/// <param name="P99Ms">99 of a hundred took no longer.</param>
/// <param name="MaxMs">The longest.</param>
public sealed record LevelLatency(string Level, long Requests, double PerSecond, double P50Ms, double P90Ms, double P99Ms, double MaxMs);
