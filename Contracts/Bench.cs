using System.ComponentModel.DataAnnotations;

namespace RedisAspire.Contracts;

/// <summary>The body of <c>POST /api/bench</c>.</summary>
/// <param name="Requests">How many requests are made: 1 to 100,000.</param>
/// <param name="Concurrency">How many of them at the same time: 1 to 64.</param>
/// <param name="Keys">How many different keys they ask for: 1 to 10,000.</param>
/// <param name="Distribution"><c>uniform</c>, or <c>zipf</c>, with which a few keys get most of the requests.</param>
/// <param name="ReadPercent">How many of a hundred requests read; the others write.</param>
/// <param name="Level">Where reads begin: <c>near</c> in the process, <c>redis</c> beyond it, or <c>source</c> in the slow database without any cache; <c>each</c> compares the three, one after the other and for the same time.</param>
public sealed record BenchRequest(
    [property: Range(1, 100_000, ErrorMessage = "It is a whole number from 1 to 100000.")] int Requests = 1000,
    [property: Range(1, 64, ErrorMessage = "It is a whole number from 1 to 64.")] int Concurrency = 8,
    [property: Range(1, 10_000, ErrorMessage = "It is a whole number from 1 to 10000.")] int Keys = 100,
    [property: AllowedValues(BenchRequest.Uniform, BenchRequest.Zipf, ErrorMessage = "It is 'uniform' or 'zipf'.")] string Distribution = BenchRequest.Uniform,
    [property: Range(0, 100, ErrorMessage = "It is a whole number from 0 to 100.")] int ReadPercent = 100,
    [property: AllowedValues(BenchRequest.Near, BenchRequest.Redis, BenchRequest.Source, BenchRequest.Each, ErrorMessage = "It is 'near', 'redis', 'source' or 'each'.")] string Level = BenchRequest.Near)
{
    /// <summary>All keys get the same number of requests.</summary>
    public const string Uniform = "uniform";

    /// <summary>A few keys get most of the requests.</summary>
    public const string Zipf = "zipf";

    /// <summary>Reads begin in the process.</summary>
    public const string Near = "near";

    /// <summary>Reads begin in Redis.</summary>
    public const string Redis = "redis";

    /// <summary>Reads go to the slow database.</summary>
    public const string Source = "source";

    /// <summary>The three levels are compared.</summary>
    public const string Each = "each";
}

/// <summary>The progress of a run.</summary>
/// <param name="Phase"><c>filling</c> while the keys are being written, <c>warming up</c> while nothing is measured yet, then <c>measuring</c>.</param>
/// <param name="Requests">How many requests have been answered.</param>
/// <param name="Done">How much of the run is done, from 0 to 1.</param>
/// <param name="ElapsedMs">How long it has been measured.</param>
/// <param name="PerSecond">The requests per second.</param>
/// <param name="Levels">Latencies so far, by the level that answered.</param>
public sealed record BenchProgress(string Phase, long Requests, double Done, double ElapsedMs, double PerSecond, IReadOnlyList<LatencySummary> Levels);

/// <summary>The result of a run.</summary>
/// <param name="StartedAt">When it began.</param>
/// <param name="Settings">What was asked for.</param>
/// <param name="Requests">How many requests were answered.</param>
/// <param name="StoppedEarly">Whether the time was up before all were.</param>
/// <param name="ElapsedMs">How long they took together.</param>
/// <param name="PerSecond">The requests per second.</param>
/// <param name="Levels">Throughput and latencies, by the level that answered.</param>
public sealed record BenchResult(
    DateTimeOffset StartedAt,
    BenchRequest Settings,
    long Requests,
    bool StoppedEarly,
    double ElapsedMs,
    double PerSecond,
    IReadOnlyList<LatencySummary> Levels);

/// <summary>How long the requests took that were answered by one level.</summary>
/// <param name="Level">The level that answered: <c>near</c>, <c>redis</c> or <c>source</c>; <c>write</c> for writes.</param>
/// <param name="Requests">How many there were.</param>
/// <param name="PerSecond">The requests per second, in the time that the level was measured for.</param>
/// <param name="P50Ms">Half of them took no longer, in milliseconds.</param>
/// <param name="P90Ms">Nine of ten took no longer.</param>
/// <param name="P99Ms">99 of a hundred took no longer.</param>
/// <param name="MaxMs">The longest.</param>
public sealed record LatencySummary(string Level, long Requests, double PerSecond, double P50Ms, double P90Ms, double P99Ms, double MaxMs);
