using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using RedisAspire.Web.Lookups;

namespace RedisAspire.Web.Api;

/// <summary>The cache and what is looked up through it. What fails throws a <see cref="CacheApiException"/>.</summary>
/// <param name="api">The API.</param>
/// <param name="time">Measures how long a look-up takes.</param>
public sealed class CacheApiClient(ApiConnection api, TimeProvider time)
{
    /// <summary>Looks a key up.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <param name="bypassNear">Whether to pass over the values in the API's own memory.</param>
    /// <returns>The answer and how long it took to arrive.</returns>
    public async Task<LookupResult> LookUpAsync(string key, CancellationToken cancellationToken, bool bypassNear = false)
    {
        var address = bypassNear ? QueryHelpers.AddQueryString(KeyAddress.Of(key), "bypassNear", "true") : KeyAddress.Of(key);
        var asked = time.GetTimestamp();
        var answer = await api.GetAsync<DataResponse>(address, cancellationToken);
        return new LookupResult(answer, time.GetElapsedTime(asked), time.GetUtcNow());
    }

    /// <summary>Removes a key from the cache.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>Whether every instance hears of it now; otherwise others do when Redis is back.</returns>
    public async Task<bool> ForgetAsync(string key, CancellationToken cancellationToken) =>
        await api.SendAsync(HttpMethod.Delete, KeyAddress.Of(key), body: null, cancellationToken) != HttpStatusCode.Accepted;

    /// <summary>Empties the cache.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>How many keys were removed.</returns>
    public async Task<long> ClearAsync(CancellationToken cancellationToken) =>
        (await api.SendAsync<ClearedResponse>(HttpMethod.Delete, "api/cache", body: null, cancellationToken)).Removed;
}
