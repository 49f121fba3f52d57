using System.Net;
using Microsoft.AspNetCore.WebUtilities;

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
        var address = bypassNear ? QueryHelpers.AddQueryString(AddressOf(key), "bypassNear", "true") : AddressOf(key);
        var asked = time.GetTimestamp();
        var answer = await api.GetAsync<DataResponse>(address, cancellationToken);
        return new LookupResult(answer, time.GetElapsedTime(asked), time.GetUtcNow());
    }

    /// <summary>Looks a key up.</summary>
    /// <param name="key">The key.</param>
    /// <param name="timeToLive">How long a value from the database remains cached, in seconds; as usual if nothing is said.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <returns>The answer.</returns>
    public Task<DataResponse> LookUpAsync(string key, int? timeToLive, CancellationToken cancellationToken) =>
        api.GetAsync<DataResponse>(timeToLive is null ? AddressOf(key) : QueryHelpers.AddQueryString(AddressOf(key), "ttl", $"{timeToLive}"), cancellationToken);

    /// <summary>Removes a key from the cache.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>Whether every instance hears of it now; otherwise others do when Redis is back.</returns>
    public async Task<bool> ForgetAsync(string key, CancellationToken cancellationToken) =>
        await api.SendAsync(HttpMethod.Delete, AddressOf(key), body: null, cancellationToken) != HttpStatusCode.Accepted;

    /// <summary>Empties the cache.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>How many keys were removed.</returns>
    public async Task<long> ClearAsync(CancellationToken cancellationToken) =>
        (await api.SendAsync<ClearedResponse>(HttpMethod.Delete, "api/cache", body: null, cancellationToken)).Removed;

    // Every client and server resolves these two in a path, however they are encoded: "/data/.." is "/".
    private static string AddressOf(string key) => key is "." or ".." ? $"data?key={key}" : $"data/{Uri.EscapeDataString(key)}";
}

/// <summary>A look-up as this page saw it.</summary>
/// <param name="Answer">The API's answer.</param>
/// <param name="ClientTime">How long it took from here: the API's own time and the way there and back.</param>
/// <param name="ReceivedAt">When the answer arrived.</param>
public sealed record LookupResult(DataResponse Answer, TimeSpan ClientTime, DateTimeOffset ReceivedAt)
{
    /// <summary>When the value expires; none when it never does, or is not cached.</summary>
    public DateTimeOffset? ExpiresAt => Answer.TtlSeconds is { } seconds ? ReceivedAt.AfterSeconds(seconds) : null;
}
