namespace RedisAspire.Web.Api;

/// <summary>The counts in Redis: the most requested keys, the counters, and the requests of each visitor. A failed request throws a <see cref="CacheApiException"/>.</summary>
internal sealed class CountingClient(ApiConnection api)
{
    /// <summary>Reads the ten most requested keys of a window: <c>today</c> or <c>all</c>.</summary>
    public Task<LeaderboardResponse> GetLeaderboardAsync(string window, CancellationToken cancellationToken) =>
        api.GetAsync<LeaderboardResponse>($"api/leaderboard?limit=10&window={window}", cancellationToken);

    public Task<CountersResponse> GetCountersAsync(CancellationToken cancellationToken) => api.GetAsync<CountersResponse>("api/counters", cancellationToken);

    /// <summary>Adds one to a counter. A new one begins at 0.</summary>
    public Task<CounterResponse> IncrementAsync(string name, CancellationToken cancellationToken) =>
        api.SendAsync<CounterResponse>(HttpMethod.Post, $"{AddressOf(name)}/increment", body: null, cancellationToken);

    public Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Delete, AddressOf(name), body: null, cancellationToken);

    /// <summary>Reads how many requests the visitor has left. This request counts as well.</summary>
    public Task<RateLimitResponse> GetRateLimitAsync(CancellationToken cancellationToken) => api.GetAsync<RateLimitResponse>("api/rate-limit", cancellationToken);

    /// <summary>Reads the visitor's window of the limit to try out. This request does not count.</summary>
    public Task<RateLimitResponse> GetDemoLimitAsync(CancellationToken cancellationToken) => api.GetAsync<RateLimitResponse>("api/rate-limit/demo", cancellationToken);

    /// <summary>Makes a request that counts, and that is refused once the window is used up.</summary>
    public Task<RateLimitResponse> TryDemoLimitAsync(CancellationToken cancellationToken) =>
        api.SendAsync<RateLimitResponse>(HttpMethod.Post, "api/rate-limit/demo", body: null, cancellationToken);

    private static string AddressOf(string counter) => $"api/counters/{Uri.EscapeDataString(counter)}";
}
