namespace RedisAspire.Web.Api;

/// <summary>The queue of jobs that warm the cache. A failed request throws a <see cref="CacheApiException"/>.</summary>
/// <param name="api">The API.</param>
public sealed class QueueClient(ApiConnection api)
{
    private const string Address = "api/queue";

    /// <summary>Reads the state of the queue.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The state.</returns>
    public Task<QueueResponse> GetAsync(CancellationToken cancellationToken) => api.GetAsync<QueueResponse>(Address, cancellationToken);

    /// <summary>Queues a job that looks keys up, so that they are cached before a visitor requests them.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The job.</returns>
    public Task<QueuedResponse> EnqueueAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        api.SendAsync<QueuedResponse>(HttpMethod.Post, Address, new WarmingRequest(keys), cancellationToken);

    /// <summary>Reads the failed jobs.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The last failed jobs, the latest first.</returns>
    public async Task<IReadOnlyList<DeadJobResponse>> GetDeadAsync(CancellationToken cancellationToken) =>
        (await api.GetAsync<DeadJobsResponse>($"{Address}/dead", cancellationToken)).Items;

    /// <summary>Puts the failed jobs back into the queue.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>How many jobs the queue had room for.</returns>
    public async Task<long> RetryDeadAsync(CancellationToken cancellationToken) =>
        (await api.SendAsync<RetriedResponse>(HttpMethod.Post, $"{Address}/dead/retry", body: null, cancellationToken)).Retried;

    /// <summary>Discards the failed jobs.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task ForgetDeadAsync(CancellationToken cancellationToken) => api.SendAsync(HttpMethod.Delete, $"{Address}/dead", body: null, cancellationToken);
}
