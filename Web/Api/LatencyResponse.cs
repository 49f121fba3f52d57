namespace RedisAspire.Web.Api;

/// <summary>How long look-ups took, in milliseconds, to within 1.6 %; none of the figures without look-ups.</summary>
/// <param name="MeanMs">Their mean.</param>
/// <param name="P50Ms">What half of them did not exceed.</param>
/// <param name="P90Ms">What nine of ten did not exceed.</param>
/// <param name="P99Ms">What 99 of 100 did not exceed.</param>
/// <param name="MaxMs">The longest.</param>
public sealed record LatencyResponse(double? MeanMs, double? P50Ms, double? P90Ms, double? P99Ms, double? MaxMs);
