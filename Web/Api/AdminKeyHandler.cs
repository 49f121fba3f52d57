namespace RedisAspire.Web.Api;

/// <summary>Gives the API the admin key with every request that may change something, and with no other.</summary>
/// <param name="configuration">Holds the key as <c>Admin:Key</c>.</param>
internal sealed class AdminKeyHandler(IConfiguration configuration) : DelegatingHandler
{
    /// <summary>The header that carries the key.</summary>
    public const string Header = "X-Admin-Key";

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Get && configuration["Admin:Key"] is { Length: > 0 } key)
            request.Headers.TryAddWithoutValidation(Header, key);
        return base.SendAsync(request, cancellationToken);
    }
}
