using Microsoft.AspNetCore.Http.HttpResults;

namespace RedisAspire.Web;

/// <summary>The address that a visitor is redirected to, which is always on this site.</summary>
internal static class LocalAddress
{
    /// <summary>Returns the address if it is on this site, and otherwise that of the first page.</summary>
    /// <param name="address">The address in the request.</param>
    public static string Of(string? address) => RedirectHttpResult.IsLocalUrl(address) && !address!.StartsWith('~') ? address : "/";
}
