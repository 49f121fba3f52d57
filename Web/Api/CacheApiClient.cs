using RedisAspire.Web.Lookups;

namespace RedisAspire.Web.Api;

/// <summary>The API of the replicated cache. What fails throws a <see cref="CacheApiException"/>.</summary>
/// <param name="http">The client, with the API as its base address.</param>
/// <param name="time">Measures how long a look-up takes.</param>
public sealed class CacheApiClient(HttpClient http, TimeProvider time)
{
    /// <summary>The address of the person on whose behalf the API is asked, where there is one: the API limits each address.</summary>
    public string? Visitor { get; set; }

    /// <summary>Looks a key up.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <returns>The answer and how long it took to arrive.</returns>
    public async Task<LookupResult> LookUpAsync(string key, CancellationToken cancellationToken)
    {
        var address = KeyAddress.Of(key);
        var asked = time.GetTimestamp();
        var answer = await GetAsync<DataResponse>(address, cancellationToken);
        return new LookupResult(answer, time.GetElapsedTime(asked), time.GetUtcNow());
    }

    /// <summary>Removes a key from the cache.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task ForgetAsync(string key, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Delete, KeyAddress.Of(key), cancellationToken);
    }

    /// <summary>Empties the cache.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>How many keys were removed.</returns>
    public async Task<long> ClearAsync(CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Delete, "api/cache", cancellationToken);
        return (await ReadAsync<ClearedResponse>(response, cancellationToken)).Removed;
    }

    /// <summary>Lists the Redis nodes.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The nodes as the API last saw them.</returns>
    public Task<IReadOnlyList<NodeResponse>> GetNodesAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<NodeResponse>>("api/nodes", cancellationToken);

    private async Task<T> GetAsync<T>(string address, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, address, cancellationToken);
        return await ReadAsync<T>(response, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(address, UriKind.Relative));
        if (Visitor is not null)
            request.Headers.TryAddWithoutValidation(VisitorAddress.Header, Visitor);
        try
        {
            return await http.SendAsync(request, cancellationToken);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CacheApiException(
                "The API took too long", $"There was no answer within {http.Timeout.TotalSeconds:0} seconds.", exception);
        }
        catch (Exception exception) when (exception is not (CacheApiException or OperationCanceledException))
        {
            // The resilience pipeline has exceptions of its own, for instance while its circuit is open.
            throw new CacheApiException("The API cannot be reached", "It failed too often and is given a few seconds.", exception);
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken) =>
        await response.Content.ReadFromJsonAsync<T>(cancellationToken) ?? throw new CacheApiException("The API answered nothing");
}
