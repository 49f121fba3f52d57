using System.Text.Json.Serialization;

namespace RedisAspire.Caching.Statistics;

/// <summary>
/// How long many look-ups took. Distributions can be added, so that the percentiles of several processes are those of
/// all their look-ups, and subtracted, so that those of an interval are known.
/// </summary>
[JsonConverter(typeof(LatencyDistributionConverter))]
public sealed class LatencyDistribution
{
    private const double NanosecondsPerSecond = 1e9;

    private readonly long[] _counts;

    internal LatencyDistribution(long[] counts)
    {
        _counts = counts;
        Count = counts.Sum();
    }

    /// <summary>The distribution of nothing.</summary>
    public static LatencyDistribution Empty { get; } = new(new long[LatencyScale.Buckets]);

    /// <summary>How many look-ups there were.</summary>
    public long Count { get; }

    /// <summary>Their mean in seconds; <see langword="null"/> without any.</summary>
    public double? Mean => Count == 0 ? null : _counts.Select((count, bucket) => count * LatencyScale.MiddleOf(bucket)).Sum() / Count / NanosecondsPerSecond;

    /// <summary>The longest in seconds; <see langword="null"/> without any.</summary>
    public double? Maximum => Percentile(1);

    /// <summary>How often each bucket of the scale was hit.</summary>
    internal IReadOnlyList<long> Counts => _counts;

    /// <summary>The look-ups of both.</summary>
    /// <param name="left">One distribution.</param>
    /// <param name="right">Another.</param>
    public static LatencyDistribution operator +(LatencyDistribution left, LatencyDistribution right) => Add(left, right);

    /// <summary>The look-ups of the first that the second has not.</summary>
    /// <param name="left">A distribution.</param>
    /// <param name="right">An earlier state of it.</param>
    public static LatencyDistribution operator -(LatencyDistribution left, LatencyDistribution right) => Subtract(left, right);

    /// <summary>The look-ups of both.</summary>
    /// <param name="left">One distribution.</param>
    /// <param name="right">Another.</param>
    /// <returns>Their sum.</returns>
    public static LatencyDistribution Add(LatencyDistribution left, LatencyDistribution right) => Combine(left, right, static (one, other) => one + other);

    /// <summary>The look-ups of the first that the second has not.</summary>
    /// <param name="left">A distribution.</param>
    /// <param name="right">An earlier state of it.</param>
    /// <returns>What has come since.</returns>
    public static LatencyDistribution Subtract(LatencyDistribution left, LatencyDistribution right) => Combine(left, right, static (now, before) => Math.Max(0, now - before));

    /// <summary>The latency that a share of all look-ups did not exceed.</summary>
    /// <param name="share">The share, for example 0.99.</param>
    /// <returns>Seconds; <see langword="null"/> without any look-up.</returns>
    public double? Percentile(double share)
    {
        if (Count == 0)
            return null;

        var left = (long)Math.Ceiling(Math.Clamp(share, 0, 1) * Count);
        var bucket = -1;
        do
        {
            bucket++;
            left -= _counts[bucket];
        }
        while (_counts[bucket] == 0 || left > 0);
        return LatencyScale.MiddleOf(bucket) / NanosecondsPerSecond;
    }

    private static LatencyDistribution Combine(LatencyDistribution left, LatencyDistribution right, Func<long, long, long> combine)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new([.. left._counts.Zip(right._counts, combine)]);
    }
}
