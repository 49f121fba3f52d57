namespace RedisAspire.Web.Api;

/// <summary>The queue of jobs that warm the cache. What fails throws a <see cref="CacheApiException"/>.</summary>
/// <param name="api">The API.</param>
public sealed class QueueClient(ApiConnection api)
{
    private const string Address = "api/queue";

    /// <summary>Reads how the queue is.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>Its state.</returns>
    public Task<QueueResponse> GetAsync(CancellationToken cancellationToken) => api.GetAsync<QueueResponse>(Address, cancellationToken);

    /// <summary>Queues a job that looks keys up, so that they are cached when somebody asks.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The job.</returns>
    public Task<QueuedResponse> EnqueueAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        api.SendAsync<QueuedResponse>(HttpMethod.Post, Address, new WarmingRequest(keys), cancellationToken);

    /// <summary>Reads the jobs that were put aside.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The last of them, the latest first.</returns>
    public async Task<IReadOnlyList<DeadJobResponse>> GetDeadAsync(CancellationToken cancellationToken) =>
        (await api.GetAsync<DeadJobsResponse>($"{Address}/dead", cancellationToken)).Items;

    /// <summary>Puts the jobs that were put aside back into the queue.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>How many there was room for.</returns>
    public async Task<long> RetryDeadAsync(CancellationToken cancellationToken) =>
        (await api.SendAsync<RetriedResponse>(HttpMethod.Post, $"{Address}/dead/retry", body: null, cancellationToken)).Retried;

    /// <summary>Forgets the jobs that were put aside.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task ForgetDeadAsync(CancellationToken cancellationToken) => api.SendAsync(HttpMethod.Delete, $"{Address}/dead", body: null, cancellationToken);
}
