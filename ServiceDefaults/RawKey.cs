using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace RedisAspire.ServiceDefaults;

/// <summary>
/// The key in the request line of <c>/data/{key}</c>, as the client sent it. Routing does not decode <c>%2F</c>, so that
/// <c>a/b</c> and <c>a%2Fb</c> could not be distinguished, and it resolves dots. The page forwards requests to the API, and both must read the same key.
/// </summary>
public static class RawKey
{
    private const string Parameter = "key=";

    /// <summary>
    /// The key, percent-encoded; empty when there is none. It is the path after its first segment or, if that is empty, the parameter
    /// <c>key</c> of the query, because clients and servers resolve <c>.</c> and <c>..</c> in a path, however they are encoded.
    /// </summary>
    public static string Of(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!target.StartsWith('/') && Uri.TryCreate(target, UriKind.Absolute, out var absolute))
            // This is the absolute form of a request line, as clients send it to proxies.
            target = absolute.GetComponents(UriComponents.PathAndQuery, UriFormat.UriEscaped);

        var question = target.IndexOf('?', StringComparison.Ordinal);
        var length = question < 0 ? target.Length : question;
        var start = target.IndexOf('/', 1) + 1;
        if (start > 0 && start < length)
            return target[start..length];
        return question < 0 ? "" : ParameterOf(target[(question + 1)..]);
    }

    /// <summary>Whether a character of a key begins an encoded one of three, as <c>%2F</c>; otherwise it means itself, even if it is <c>%</c>.</summary>
    public static bool IsEncodedAt(string key, int index) =>
        key[index] == '%' && index + 2 < key.Length && char.IsAsciiHexDigit(key[index + 1]) && char.IsAsciiHexDigit(key[index + 2]);

    // In a query a plus is a space, as forms encode it.
    private static string ParameterOf(string query) =>
        Array.Find(query.Split('&'), part => part.StartsWith(Parameter, StringComparison.Ordinal))?[Parameter.Length..].Replace("+", "%20", StringComparison.Ordinal) ?? "";
}
