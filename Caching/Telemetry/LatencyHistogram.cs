using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RedisAspire.Caching.Telemetry;

/// <summary>Counts how often which latency was seen. Recording takes no lock and allocates nothing.</summary>
public sealed class LatencyHistogram
{
    private readonly long[] _counts = new long[LatencyScale.Buckets];

    /// <summary>Takes a latency into account.</summary>
    /// <param name="nanoseconds">The latency.</param>
    /// <param name="times">How many it stands for.</param>
    public void Record(long nanoseconds, long times = 1) => Interlocked.Add(ref _counts[LatencyScale.BucketOf(nanoseconds)], times);

    /// <summary>What has been seen until now.</summary>
    /// <returns>A copy, which later latencies do not change.</returns>
    public LatencyDistribution Read() => new([.. _counts.Select((_, bucket) => Interlocked.Read(ref _counts[bucket]))]);
}

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

/// <summary>Writes a distribution as the buckets that are not empty: number and count, one after the other.</summary>
internal sealed class LatencyDistributionConverter : JsonConverter<LatencyDistribution>
{
    // No sum of counts can overflow, whatever somebody has written.
    private const long MaximumCount = long.MaxValue / LatencyScale.Buckets / 1024;

    public override LatencyDistribution Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var counts = new long[LatencyScale.Buckets];
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var bucket = ReadNumber(ref reader, LatencyScale.Buckets - 1);
            if (!reader.Read())
                throw new JsonException();
            counts[bucket] = ReadNumber(ref reader, MaximumCount);
        }

        return new LatencyDistribution(counts);
    }

    public override void Write(Utf8JsonWriter writer, LatencyDistribution value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        for (var bucket = 0; bucket < value.Counts.Count; bucket++)
        {
            if (value.Counts[bucket] == 0)
                continue;
            writer.WriteNumberValue(bucket);
            writer.WriteNumberValue(value.Counts[bucket]);
        }

        writer.WriteEndArray();
    }

    private static long ReadNumber(ref Utf8JsonReader reader, long maximum) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number >= 0 && number <= maximum ? number : throw new JsonException();
}

/// <summary>
/// The buckets of a latency histogram: one for each nanosecond up to 32, then 32 for every doubling, up to two minutes.
/// A time read from a bucket is wrong by 1.6 % at most, whatever its size.
/// </summary>
internal static class LatencyScale
{
    private const int StepBits = 5;
    private const int Steps = 1 << StepBits;
    private const int LongestBits = 37;

    /// <summary>How many buckets there are.</summary>
    public const int Buckets = (LongestBits - StepBits + 1) * Steps;

    private const long Longest = (1L << LongestBits) - 1;

    /// <summary>The bucket of a time in nanoseconds.</summary>
    public static int BucketOf(long nanoseconds)
    {
        var time = (ulong)Math.Clamp(nanoseconds, 0, Longest);
        // The leading bits say where it belongs; the others are what is forgotten.
        var forgotten = Math.Max(0, BitOperations.Log2(time | 1) - StepBits);
        return (forgotten << StepBits) + (int)(time >> forgotten);
    }

    /// <summary>The middle of a bucket, in nanoseconds.</summary>
    public static double MiddleOf(int bucket)
    {
        if (bucket < Steps)
            return bucket;

        var forgotten = (bucket >> StepBits) - 1;
        var width = 1L << forgotten;
        var start = (bucket - ((long)forgotten << StepBits)) << forgotten;
        return start + ((width - 1) / 2.0);
    }
}
