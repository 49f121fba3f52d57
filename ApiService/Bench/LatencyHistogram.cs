using System.Numerics;

namespace RedisAspire.ApiService.Bench;

/// <summary>
/// Counts latencies in buckets that grow with them: percentiles are exact to 3 %, and memory stays the same however
/// many are recorded. For one writer; others may read meanwhile and see nearly all.
/// </summary>
internal sealed class LatencyHistogram
{
    // Each power of two is cut into so many buckets.
    private const int Precision = 5;
    private const int Step = 1 << Precision;

    // Two minutes: what takes longer counts as that.
    private const long Ceiling = (1L << 37) - 1;

    private readonly long[] _buckets = new long[BucketOf(Ceiling) + 1];

    /// <summary>How many latencies were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The longest, in nanoseconds.</summary>
    public long Maximum { get; private set; }

    public void Record(long nanoseconds)
    {
        _buckets[BucketOf(Math.Clamp(nanoseconds, 0, Ceiling))]++;
        Count++;
        Maximum = Math.Max(Maximum, nanoseconds);
    }

    /// <summary>Adds all that another has counted.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _buckets.Length; i++)
        {
            _buckets[i] += other._buckets[i];
            Count += other._buckets[i];
        }

        Maximum = Math.Max(Maximum, other.Maximum);
    }

    /// <summary>The latency in nanoseconds that a share of all do not exceed; 0 when there are none.</summary>
    /// <param name="share">The share, from 0 to 1.</param>
    public long Percentile(double share)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        var seen = 0L;
        for (var i = 0; i < _buckets.Length && Count > 0; i++)
        {
            seen += _buckets[i];
            if (seen >= rank)
                return Math.Min(EndOf(i), Maximum);
        }

        return Maximum;
    }

    private static int BucketOf(long nanoseconds)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)nanoseconds) - Precision);
        return (shift * Step) + (int)(nanoseconds >> shift);
    }

    private static long EndOf(int bucket)
    {
        var shift = Math.Max(0, (bucket / Step) - 1);
        return ((bucket - ((long)shift * Step) + 1) << shift) - 1;
    }
}
