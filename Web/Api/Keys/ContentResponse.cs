namespace RedisAspire.Web.Api.Keys;

/// <summary>Bytes as a person can read them.</summary>
/// <param name="Format"><c>json</c> (an object or array), <c>text</c> (UTF-8), or <c>binary</c>.</param>
/// <param name="Data">The text, as it is; hexadecimal digits when it is binary.</param>
/// <param name="Bytes">How many bytes there are.</param>
/// <param name="Truncated">Whether <paramref name="Data"/> shows only some of them.</param>
public sealed record ContentResponse(string Format, string Data, long Bytes, bool Truncated);
