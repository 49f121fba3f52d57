namespace RedisAspire.Web.Api;

/// <summary>The API asks one client to slow down.</summary>
/// <param name="response">Its answer.</param>
internal sealed class TooManyRequestsException(HttpResponseMessage response) : Exception("The API asks to slow down.")
{
    /// <summary>The API's answer.</summary>
    public HttpResponseMessage Response { get; } = response;
}
