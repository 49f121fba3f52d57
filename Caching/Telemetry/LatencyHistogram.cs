using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RedisAspire.Caching.Telemetry;

/// <summary>Counts latencies in buckets. Recording takes no lock and allocates nothing.</summary>
public sealed class LatencyHistogram
{
    private readonly long[] _counts = new long[LatencyScale.Buckets];

    /// <summary>Records a latency.</summary>
    /// <param name="nanoseconds">The latency in nanoseconds.</param>
    /// <param name="times">The number of look-ups that it represents.</param>
    public void Record(long nanoseconds, long times = 1) => Interlocked.Add(ref _counts[LatencyScale.BucketOf(nanoseconds)], times);

    /// <summary>Reads the latencies recorded so far.</summary>
    /// <returns>A snapshot.</returns>
    public LatencyDistribution Read() => new([.. _counts.Select((_, bucket) => Interlocked.Read(ref _counts[bucket]))]);
}

/// <summary>
/// The distribution of the latencies of look-ups. Distributions can be added, to get the percentiles over several
/// processes, and subtracted, to get those of an interval.
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

    /// <summary>A distribution without look-ups.</summary>
    public static LatencyDistribution Empty { get; } = new(new long[LatencyScale.Buckets]);

    /// <summary>The number of look-ups.</summary>
    public long Count { get; }

    /// <summary>The mean latency in seconds; <see langword="null"/> without look-ups.</summary>
    public double? Mean => Count == 0 ? null : _counts.Select((count, bucket) => count * LatencyScale.MiddleOf(bucket)).Sum() / Count / NanosecondsPerSecond;

    /// <summary>The maximum latency in seconds; <see langword="null"/> without look-ups.</summary>
    public double? Maximum => Percentile(1);

    /// <summary>The count of each bucket of the scale.</summary>
    internal IReadOnlyList<long> Counts => _counts;

    /// <summary>Adds two distributions.</summary>
    /// <param name="left">A distribution.</param>
    /// <param name="right">Another distribution.</param>
    public static LatencyDistribution operator +(LatencyDistribution left, LatencyDistribution right) => Combine(left, right, static (one, other) => one + other);

    /// <summary>Subtracts an earlier distribution from a later one.</summary>
    /// <param name="left">The later distribution.</param>
    /// <param name="right">The earlier distribution.</param>
    public static LatencyDistribution operator -(LatencyDistribution left, LatencyDistribution right) => Combine(left, right, static (now, before) => Math.Max(0, now - before));

    /// <summary>The latency that a share of all look-ups did not exceed.</summary>
    /// <param name="share">The share, for example 0.99.</param>
    /// <returns>The latency in seconds; <see langword="null"/> without look-ups.</returns>
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

/// <summary>Writes a distribution as an array in which the numbers and counts of the buckets that are not empty alternate.</summary>
internal sealed class LatencyDistributionConverter : JsonConverter<LatencyDistribution>
{
    // The limit keeps sums from overflowing, whatever the JSON contains.
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
/// The error of a latency read from a bucket is at most 1.6 %.
/// </summary>
internal static class LatencyScale
{
    private const int StepBits = 5;
    private const int Steps = 1 << StepBits;
    private const int LongestBits = 37;

    /// <summary>The number of buckets.</summary>
    public const int Buckets = (LongestBits - StepBits + 1) * Steps;

    private const long Longest = (1L << LongestBits) - 1;

    /// <summary>The bucket of a latency in nanoseconds.</summary>
    public static int BucketOf(long nanoseconds)
    {
        var time = (ulong)Math.Clamp(nanoseconds, 0, Longest);
        // The leading bits choose the bucket; the others are dropped.
        var droppedBits = Math.Max(0, BitOperations.Log2(time | 1) - StepBits);
        return (droppedBits << StepBits) + (int)(time >> droppedBits);
    }

    /// <summary>The middle of a bucket, in nanoseconds.</summary>
    public static double MiddleOf(int bucket)
    {
        if (bucket < Steps)
            return bucket;

        var droppedBits = (bucket >> StepBits) - 1;
        var width = 1L << droppedBits;
        var start = (bucket - ((long)droppedBits << StepBits)) << droppedBits;
        return start + ((width - 1) / 2.0);
    }
}
