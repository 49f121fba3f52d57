using Microsoft.AspNetCore.Http.HttpResults;

namespace RedisAspire.Web;

/// <summary>Where a visitor is sent back to: nowhere but to this site, whatever the request says.</summary>
internal static class LocalAddress
{
    /// <summary>The address, if it is one of this site; else that of the first page.</summary>
    /// <param name="address">What a request says.</param>
    public static string Of(string? address) => RedirectHttpResult.IsLocalUrl(address) && !address!.StartsWith('~') ? address : "/";
}
