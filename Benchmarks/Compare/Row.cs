namespace RedisAspire.Benchmarks.Compare;

/// <summary>What one cache cost or did at one operation, once for each round.</summary>
/// <param name="Part">The part of the comparison, such as <c>in-process</c>.</param>
/// <param name="What">The operation.</param>
/// <param name="Who">The cache.</param>
/// <param name="Samples">A sample for each round; none when the row was not measured.</param>
/// <param name="Note">Why it was not measured.</param>
internal sealed record Row(string Part, string What, string Who, IReadOnlyList<Sample> Samples, string? Note = null)
{
    /// <summary>The values of a metric, round by round; empty where it was not measured.</summary>
    public double[] Of(Metric metric) => [.. Samples.Select(sample => sample.Of(metric)).OfType<double>()];
}

/// <summary>One round of one row. Times and bytes are those of one operation.</summary>
internal sealed record Sample
{
    /// <summary>Elapsed time, in nanoseconds.</summary>
    public double? Time { get; init; }

    /// <summary>Processor time of the process that is measured, in nanoseconds.</summary>
    public double? Processor { get; init; }

    /// <summary>Allocated bytes.</summary>
    public double? Bytes { get; init; }

    /// <summary>Whatever is counted, as stale reads.</summary>
    public double? Count { get; init; }

    public double? Of(Metric metric) => metric switch
    {
        Metric.Time => Time,
        Metric.Processor => Processor,
        Metric.Bytes => Bytes,
        _ => Count,
    };
}

/// <summary>What is compared.</summary>
internal enum Metric
{
    /// <summary>Elapsed time.</summary>
    Time,

    /// <summary>Processor time.</summary>
    Processor,

    /// <summary>Allocated bytes.</summary>
    Bytes,

    /// <summary>A count.</summary>
    Count,
}

/// <summary>The names of the caches, and of what stands beside them.</summary>
internal static class Caches
{
    public const string Ours = "RedisAspire";
    public const string Hybrid = "HybridCache";
    public const string Fusion = "FusionCache";
    public const string Plain = "StackExchange.Redis";
    public const string Memory = "IMemoryCache";
    public const string Dictionary = "ConcurrentDictionary";
    public const string Kestrel = "bare Kestrel";
    public const string Workshop = "workshop (Flask)";
}
