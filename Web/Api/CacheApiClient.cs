using System.Net;
using Microsoft.AspNetCore.WebUtilities;

namespace RedisAspire.Web.Api;

/// <summary>Looks keys up through the cache, and removes them from it. A failed request throws a <see cref="CacheApiException"/>.</summary>
/// <param name="api">The API.</param>
/// <param name="time">Measures the duration of look-ups.</param>
public sealed class CacheApiClient(ApiConnection api, TimeProvider time)
{
    /// <summary>Looks a key up.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <param name="bypassNear">Whether to bypass the near cache of the API.</param>
    /// <param name="isTraced">Whether the answer says what the cache did.</param>
    /// <returns>The answer and its duration.</returns>
    public async Task<LookupResult> LookUpAsync(string key, CancellationToken cancellationToken, bool bypassNear = false, bool isTraced = false)
    {
        var address = bypassNear ? QueryHelpers.AddQueryString(AddressOf(key), "bypassNear", "true") : AddressOf(key);
        var started = time.GetTimestamp();
        var answer = await api.GetAsync<DataResponse>(ApiConnection.Traced(address, isTraced), cancellationToken);
        return new LookupResult(answer, time.GetElapsedTime(started), time.GetUtcNow());
    }

    /// <summary>Looks a key up.</summary>
    /// <param name="key">The key.</param>
    /// <param name="timeToLive">How long a value from the database stays cached, in seconds; the default of the API if null.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <returns>The answer.</returns>
    public Task<DataResponse> LookUpAsync(string key, int? timeToLive, CancellationToken cancellationToken) =>
        api.GetAsync<DataResponse>(timeToLive is null ? AddressOf(key) : QueryHelpers.AddQueryString(AddressOf(key), "ttl", $"{timeToLive}"), cancellationToken);

    /// <summary>Removes a key from the cache.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>Whether the key is removed on every instance already. Otherwise other instances follow when Redis is back.</returns>
    public async Task<bool> ForgetAsync(string key, CancellationToken cancellationToken) =>
        await api.SendAsync(HttpMethod.Delete, AddressOf(key), body: null, cancellationToken) != HttpStatusCode.Accepted;

    /// <summary>Removes a key from the cache, and reads what the cache did.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The answer. Something is outstanding when other instances follow only when Redis is back.</returns>
    public Task<RemovalResponse> TraceForgetAsync(string key, CancellationToken cancellationToken) =>
        api.SendAsync<RemovalResponse>(HttpMethod.Delete, ApiConnection.Traced(AddressOf(key), isTraced: true), body: null, cancellationToken);

    /// <summary>Empties the cache.</summary>
    /// <param name="isTraced">Whether the answer says what the cache did.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>How many keys were removed.</returns>
    public Task<ClearedResponse> ClearAsync(bool isTraced, CancellationToken cancellationToken) =>
        api.SendAsync<ClearedResponse>(HttpMethod.Delete, ApiConnection.Traced("api/cache", isTraced), body: null, cancellationToken);

    // Clients and servers resolve these two segments in a path, whether encoded or not: "/data/.." is "/".
    private static string AddressOf(string key) => key is "." or ".." ? $"data?key={key}" : $"data/{Uri.EscapeDataString(key)}";
}

/// <summary>A look-up as the page measured it.</summary>
/// <param name="Answer">The API's answer.</param>
/// <param name="ClientTime">How long the request took from here, including the network.</param>
/// <param name="ReceivedAt">When the answer arrived.</param>
public sealed record LookupResult(DataResponse Answer, TimeSpan ClientTime, DateTimeOffset ReceivedAt)
{
    /// <summary>When the value expires; null when it never expires or is not cached.</summary>
    public DateTimeOffset? ExpiresAt => Answer.TtlSeconds is { } seconds ? ReceivedAt.AfterSeconds(seconds) : null;
}
