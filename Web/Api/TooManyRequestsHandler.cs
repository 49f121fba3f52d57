using System.Net;

namespace RedisAspire.Web.Api;

/// <summary>
/// Takes refusals past the resilience pipeline: it would repeat them, and take the API for broken and keep everybody
/// from it because of one who asks too often.
/// </summary>
internal sealed class TooManyRequestsHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        return response.StatusCode == HttpStatusCode.TooManyRequests ? throw new TooManyRequestsException(response) : response;
    }
}

/// <summary>The API asks one client to slow down.</summary>
/// <param name="response">Its answer.</param>
internal sealed class TooManyRequestsException(HttpResponseMessage response) : Exception("The API asks to slow down.")
{
    /// <summary>The API's answer.</summary>
    public HttpResponseMessage Response { get; } = response;
}
