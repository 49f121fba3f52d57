namespace RedisAspire.Web.Api;

/// <summary>Tells the API for whom it is asked.</summary>
internal static class VisitorAddress
{
    /// <summary>The header that the API reads the address from.</summary>
    public const string Header = "X-Forwarded-For";

    /// <summary>The address that a request came from. What the request itself says of that is not believed.</summary>
    public static string? Of(HttpContext? context) => context?.Connection.RemoteIpAddress?.ToString();
}
