using System.Globalization;
using System.Text;

namespace RedisAspire.Benchmarks.Load;

/// <summary>Loads instances of the API at a constant rate, and prints what requests took.</summary>
internal static class HttpLoad
{
    private static readonly double[] Percentiles = [50, 90, 99, 99.9];

    /// <summary>Asks, and prints.</summary>
    /// <returns>Whether no request failed.</returns>
    public static async Task<bool> RunAsync(HttpLoadOptions options, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, UseProxy = false }) { Timeout = options.Timeout };
        var keys = new KeyChooser(options.Keys, options.Zipf);
        // What is compiled at the first requests is not what is asked about.
        await NewLoad(options.WarmUp).RunAsync(cancellationToken);
        var result = await NewLoad(options.Duration).RunAsync(cancellationToken);
        Console.WriteLine(Describe(result, options.Rate));
        return result.FailureCount == 0;

        OpenLoopLoad NewLoad(TimeSpan duration) => new(
            new OpenLoopOptions { Rate = options.Rate, Duration = duration, MaximumOutstanding = options.MaximumOutstanding },
            (number, _) => AskAsync(http, new Uri(options.Urls[(int)(number % options.Urls.Count)], options.Path.Replace("{key}", $"load-{keys.Next(Random.Shared)}", StringComparison.Ordinal))));
    }

    /// <summary>A result in words.</summary>
    public static string Describe(LoadResult result, double rate)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{result.Requests} requests in {result.Elapsed.TotalSeconds:F1} s, at {rate:0.##} a second; {result.FailureCount} failed\n");
        text.Append("latency from when a request was due:    ").AppendLine(Line(result.Latencies));
        text.Append("of which the generator was late by:     ").AppendLine(Line(result.Lateness));
        foreach (var (kind, count) in result.Failures.OrderByDescending(failure => failure.Value))
            text.Append(CultureInfo.InvariantCulture, $"failed: {count} × {kind}\n");
        return text.ToString().TrimEnd();
    }

    private static string Line(HdrHistogram.HistogramBase histogram) => histogram.TotalCount == 0
        ? "no answers"
        : string.Join(", ", [.. Percentiles.Select(percentile => $"p{percentile.ToString(CultureInfo.InvariantCulture)} {Milliseconds(histogram.GetValueAtPercentile(percentile))}"), $"max {Milliseconds(HdrHistogram.HistogramExtensions.GetMaxValue(histogram))}"]);

    private static string Milliseconds(long microseconds) => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1000d:0.00} ms");

    private static async Task<string?> AskAsync(HttpClient http, Uri address)
    {
        try
        {
            using var answer = await http.GetAsync(address, CancellationToken.None);
            return answer.IsSuccessStatusCode ? null : ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
        }
        catch (HttpRequestException failure)
        {
            return failure.HttpRequestError.ToString();
        }
        catch (OperationCanceledException)
        {
            return "timed out";
        }
    }
}

/// <summary>What is asked of whom.</summary>
internal sealed record HttpLoadOptions
{
    /// <summary>The instances, asked in turn.</summary>
    public required IReadOnlyList<Uri> Urls { get; init; }

    /// <summary>The path, in which <c>{key}</c> stands for the key.</summary>
    public string Path { get; init; } = "/data/{key}";

    /// <summary>Requests per second, to all instances together.</summary>
    public required double Rate { get; init; }

    /// <summary>For how long.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>For how long before, without counting.</summary>
    public TimeSpan WarmUp { get; init; }

    /// <summary>How many keys there are.</summary>
    public int Keys { get; init; }

    /// <summary>The exponent of Zipf's law; uniform without.</summary>
    public double? Zipf { get; init; }

    /// <summary>How many requests may be without an answer at once.</summary>
    public int MaximumOutstanding { get; init; }

    /// <summary>What an answer may take.</summary>
    public TimeSpan Timeout { get; init; }
}
