namespace RedisAspire.Web.Api;

/// <summary>The queue of jobs that warm the cache. A failed request throws a <see cref="CacheApiException"/>.</summary>
internal sealed class QueueClient(ApiConnection api)
{
    private const string Address = "api/queue";

    public Task<QueueResponse> GetAsync(CancellationToken cancellationToken) => api.GetAsync<QueueResponse>(Address, cancellationToken);

    /// <summary>Queues a job that looks keys up, so that they are cached before a visitor requests them.</summary>
    public Task<QueuedResponse> EnqueueAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        api.SendAsync<QueuedResponse>(HttpMethod.Post, Address, new WarmingRequest(keys), cancellationToken);

    /// <summary>Reads the last failed jobs, the latest first.</summary>
    public async Task<IReadOnlyList<DeadJobResponse>> GetDeadAsync(CancellationToken cancellationToken) =>
        (await api.GetAsync<DeadJobsResponse>($"{Address}/dead", cancellationToken)).Items;

    /// <summary>Puts the failed jobs back into the queue, and returns how many it had room for.</summary>
    public async Task<long> RetryDeadAsync(CancellationToken cancellationToken) =>
        (await api.SendAsync<RetriedResponse>(HttpMethod.Post, $"{Address}/dead/retry", body: null, cancellationToken)).Retried;

    public Task ForgetDeadAsync(CancellationToken cancellationToken) => api.SendAsync(HttpMethod.Delete, $"{Address}/dead", body: null, cancellationToken);
}
