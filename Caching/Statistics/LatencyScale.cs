using System.Numerics;

namespace RedisAspire.Caching.Statistics;

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
