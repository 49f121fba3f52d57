namespace RedisAspire.Web.Api;

/// <summary>Measures the levels of the cache. A failed request throws a <see cref="CacheApiException"/>.</summary>
internal sealed class BenchClient(ApiConnection api)
{
    private const string Address = "api/bench";

    public Task<BenchResult> RunAsync(BenchRequest settings, Action<BenchProgress> progress, CancellationToken cancellationToken) =>
        api.RunAsync<BenchProgress, BenchResult>(Address, settings, progress, cancellationToken);

    /// <summary>Reads the last runs of all visitors, the latest first.</summary>
    public Task<IReadOnlyList<BenchResult>> GetRunsAsync(CancellationToken cancellationToken) =>
        api.GetAsync<IReadOnlyList<BenchResult>>(Address, cancellationToken);
}

/// <summary>The settings of a run, which the form edits.</summary>
public sealed class BenchSettings
{
    /// <summary>How many requests are made.</summary>
    public int Requests { get; set; } = 2000;

    /// <summary>How many requests run at the same time.</summary>
    public int Concurrency { get; set; } = 8;

    /// <summary>How many different keys are requested.</summary>
    public int Keys { get; set; } = 100;

    /// <summary><c>uniform</c>, or <c>zipf</c>, where few keys get most of the requests.</summary>
    public string Distribution { get; set; } = "uniform";

    /// <summary>The percentage of reads; the other requests write.</summary>
    public int ReadPercent { get; set; } = 100;

    /// <summary>The level at which reads start: <c>near</c>, <c>redis</c> or <c>source</c>; <c>each</c> compares the three.</summary>
    public string Level { get; set; } = BenchRequest.Each;

    /// <summary>Makes the request to the API. The source accepts no writes.</summary>
    internal BenchRequest ToRequest() => new(Requests, Concurrency, Keys, Distribution, Level is BenchRequest.Source or BenchRequest.Each ? 100 : ReadPercent, Level);
}
