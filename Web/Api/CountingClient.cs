namespace RedisAspire.Web.Api;

/// <summary>The counts in Redis: the most requested keys, the counters, and the requests of each visitor. A failed request throws a <see cref="CacheApiException"/>.</summary>
/// <param name="api">The API.</param>
public sealed class CountingClient(ApiConnection api)
{
    /// <summary>Reads the most requested keys.</summary>
    /// <param name="window"><c>today</c> or <c>all</c>.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The first ten.</returns>
    public Task<LeaderboardResponse> GetLeaderboardAsync(string window, CancellationToken cancellationToken) =>
        api.GetAsync<LeaderboardResponse>($"api/leaderboard?limit=10&window={window}", cancellationToken);

    /// <summary>Reads the counters.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>All of them.</returns>
    public Task<CountersResponse> GetCountersAsync(CancellationToken cancellationToken) => api.GetAsync<CountersResponse>("api/counters", cancellationToken);

    /// <summary>Adds one to a counter. A new one begins at 0.</summary>
    /// <param name="name">The counter.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>Its value now.</returns>
    public Task<CounterResponse> IncrementAsync(string name, CancellationToken cancellationToken) =>
        api.SendAsync<CounterResponse>(HttpMethod.Post, $"{AddressOf(name)}/increment", body: null, cancellationToken);

    /// <summary>Removes a counter.</summary>
    /// <param name="name">The counter.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Delete, AddressOf(name), body: null, cancellationToken);

    /// <summary>Reads how many requests the visitor has left. This request counts as well.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The rate-limit window of the visitor.</returns>
    public Task<RateLimitResponse> GetRateLimitAsync(CancellationToken cancellationToken) => api.GetAsync<RateLimitResponse>("api/rate-limit", cancellationToken);

    /// <summary>Reads the visitor's window of the limit to try out. This request does not count.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The window.</returns>
    public Task<RateLimitResponse> GetDemoLimitAsync(CancellationToken cancellationToken) => api.GetAsync<RateLimitResponse>("api/rate-limit/demo", cancellationToken);

    /// <summary>Makes a request that counts, and that is refused once the window is used up.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The window.</returns>
    public Task<RateLimitResponse> TryDemoLimitAsync(CancellationToken cancellationToken) =>
        api.SendAsync<RateLimitResponse>(HttpMethod.Post, "api/rate-limit/demo", body: null, cancellationToken);

    private static string AddressOf(string counter) => $"api/counters/{Uri.EscapeDataString(counter)}";
}
