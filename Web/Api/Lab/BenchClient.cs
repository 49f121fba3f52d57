namespace RedisAspire.Web.Api.Lab;

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
