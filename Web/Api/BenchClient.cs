namespace RedisAspire.Web.Api;

/// <summary>Measures the levels of the cache. What fails throws a <see cref="CacheApiException"/>.</summary>
/// <param name="api">The API.</param>
public sealed class BenchClient(ApiConnection api)
{
    private const string Address = "api/bench";

    /// <summary>Makes many requests to one level.</summary>
    /// <param name="settings">How many, and which.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <returns>What was measured.</returns>
    public Task<BenchResult> RunAsync(BenchRequest settings, Action<BenchProgress> progress, CancellationToken cancellationToken) =>
        api.RunAsync<BenchProgress, BenchResult>(Address, settings, progress, cancellationToken);

    /// <summary>Reads the last runs, of everybody.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The runs, the latest first.</returns>
    public Task<IReadOnlyList<BenchResult>> GetRunsAsync(CancellationToken cancellationToken) =>
        api.GetAsync<IReadOnlyList<BenchResult>>(Address, cancellationToken);
}

/// <summary>What a run of the bench does, while a person chooses it.</summary>
public sealed class BenchSettings
{
    /// <summary>How many requests are made.</summary>
    public int Requests { get; set; } = 2000;

    /// <summary>How many of them at the same time.</summary>
    public int Concurrency { get; set; } = 8;

    /// <summary>How many different keys they ask for.</summary>
    public int Keys { get; set; } = 100;

    /// <summary><c>uniform</c>, or <c>zipf</c> when few keys are asked for most of the time.</summary>
    public string Distribution { get; set; } = "uniform";

    /// <summary>How many of a hundred requests read; the others write.</summary>
    public int ReadPercent { get; set; } = 100;

    /// <summary>Where reads begin: <c>near</c>, <c>redis</c> or <c>source</c>.</summary>
    public string Level { get; set; } = "near";

    /// <summary>What the run is to do. The source takes no writes.</summary>
    /// <returns>The settings as the API takes them.</returns>
    public BenchRequest ToRequest() => new(Requests, Concurrency, Keys, Distribution, Level == BenchRequest.Source ? 100 : ReadPercent, Level);
}
