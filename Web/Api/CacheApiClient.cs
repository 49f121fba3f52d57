using System.Net;
using Microsoft.AspNetCore.WebUtilities;

namespace RedisAspire.Web.Api;

/// <summary>Looks keys up through the cache, and removes them from it. A failed request throws a <see cref="CacheApiException"/>.</summary>
internal sealed class CacheApiClient(ApiConnection api, TimeProvider time)
{
    public async Task<LookupResult> LookUpAsync(string key, CancellationToken cancellationToken, bool bypassNear = false, bool isTraced = false)
    {
        var address = bypassNear ? QueryHelpers.AddQueryString(AddressOf(key), "bypassNear", "true") : AddressOf(key);
        var started = time.GetTimestamp();
        var answer = await api.GetAsync<DataResponse>(ApiConnection.Traced(address, isTraced), cancellationToken);
        return new LookupResult(answer, time.GetElapsedTime(started), time.GetUtcNow());
    }

    /// <summary>Looks a key up. A value from the database stays cached for some seconds, or as long as the API has it by default.</summary>
    public Task<DataResponse> LookUpAsync(string key, int? timeToLive, CancellationToken cancellationToken) =>
        api.GetAsync<DataResponse>(timeToLive is null ? AddressOf(key) : QueryHelpers.AddQueryString(AddressOf(key), "ttl", $"{timeToLive}"), cancellationToken);

    /// <summary>Returns whether the key is removed on every instance already. Otherwise other instances follow when Redis is back.</summary>
    public async Task<bool> ForgetAsync(string key, CancellationToken cancellationToken) =>
        await api.SendAsync(HttpMethod.Delete, AddressOf(key), body: null, cancellationToken) != HttpStatusCode.Accepted;

    /// <summary>Removes a key, and reads what the cache did. Something is outstanding when other instances follow only when Redis is back.</summary>
    public Task<RemovalResponse> TraceForgetAsync(string key, CancellationToken cancellationToken) =>
        api.SendAsync<RemovalResponse>(HttpMethod.Delete, ApiConnection.Traced(AddressOf(key), isTraced: true), body: null, cancellationToken);

    /// <summary>Empties the cache.</summary>
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
