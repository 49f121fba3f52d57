namespace RedisAspire.Caching.Statistics;

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
