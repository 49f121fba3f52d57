using RedisAspire.Caching.Statistics;

namespace RedisAspire.ApiService.Cache;

/// <summary>How long look-ups took, in milliseconds, to within 1.6 %; none of the figures without look-ups.</summary>
/// <param name="MeanMs">Their mean.</param>
/// <param name="P50Ms">What half of them did not exceed.</param>
/// <param name="P90Ms">What nine of ten did not exceed.</param>
/// <param name="P99Ms">What 99 of 100 did not exceed.</param>
/// <param name="MaxMs">The longest.</param>
internal sealed record LatencyResponse(double? MeanMs, double? P50Ms, double? P90Ms, double? P99Ms, double? MaxMs)
{
    public static LatencyResponse Of(LatencyDistribution latency) => new(
        Milliseconds(latency.Mean),
        Milliseconds(latency.Percentile(0.5)),
        Milliseconds(latency.Percentile(0.9)),
        Milliseconds(latency.Percentile(0.99)),
        Milliseconds(latency.Maximum));

    private static double? Milliseconds(double? seconds) => seconds is { } known ? Math.Round(known * 1000, 6) : null;
}
