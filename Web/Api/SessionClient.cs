namespace RedisAspire.Web.Api;

/// <summary>The visitor's session at the API. A failed request throws a <see cref="CacheApiException"/>.</summary>
internal sealed class SessionClient(ApiConnection api)
{
    private const string Address = "api/session";

    /// <summary>The cookie by which the API knows the session; null without a session.</summary>
    public string? Cookie { get; set; }

    /// <summary>Visits the session, which counts; a new one begins without a cookie.</summary>
    public Task<SessionResponse> VisitAsync(CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, Address, body: null, cancellationToken);

    public Task<SessionResponse> PutAsync(string name, string value, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, $"{Address}/{Uri.EscapeDataString(name)}", new SessionValueRequest(value), cancellationToken);

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
        Cookie = cookies.FirstOrDefault()?.Split(';')[0] ?? Cookie;
        return session;
    }
}
