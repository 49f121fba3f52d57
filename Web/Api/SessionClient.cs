namespace RedisAspire.Web.Api;

/// <summary>The visitor's session at the API. A failed request throws a <see cref="CacheApiException"/>.</summary>
/// <param name="api">The API.</param>
public sealed class SessionClient(ApiConnection api)
{
    private const string Address = "api/session";

    /// <summary>The cookie by which the API knows the session; null without a session.</summary>
    public string? Cookie { get; set; }

    /// <summary>Visits the session, which counts; a new one begins without a cookie.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The session.</returns>
    public Task<SessionResponse> VisitAsync(CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, Address, body: null, cancellationToken);

    /// <summary>Puts a value into the session.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The session.</returns>
    public Task<SessionResponse> PutAsync(string name, string value, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, $"{Address}/{Uri.EscapeDataString(name)}", new SessionValueRequest(value), cancellationToken);

    /// <summary>Ends the session.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await api.SendAsync(HttpMethod.Delete, Address, body: null, cancellationToken, Headers);
        Cookie = null;
    }

    private (string Name, string Value)[] Headers => Cookie is null ? [] : [("Cookie", Cookie)];

    private async Task<SessionResponse> SendAsync(HttpMethod method, string address, object? body, CancellationToken cancellationToken)
    {
        var (session, cookies) = await api.SendWithCookiesAsync<SessionResponse>(method, address, body, cancellationToken, Headers);
        // The browser keeps the attributes of a cookie to itself, too.
        if (cookies is [var cookie, ..])
            Cookie = cookie.Split(';')[0];
        return session;
    }
}
