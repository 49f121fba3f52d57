using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Net.Http.Headers;
using Polly;
using RedisAspire.ServiceDefaults;

namespace RedisAspire.Web.Api;

/// <summary>
/// Forwards <c>/data/{key}</c> to the API, so that one address serves the page to a browser and the data to <c>curl</c>.
/// Requests that change data need the admin key of the client here too: this service does not add its own.
/// </summary>
internal static class DataForwarding
{
    internal const string ClientName = "apiservice";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Put, HttpMethods.Delete];

    private static readonly string[] Parameters = ["bypassNear", "ttl"];

    // Only these headers are forwarded; the others belong to each connection.
    private static readonly string[] RequestHeaders = [HeaderNames.Accept, HeaderNames.IfMatch, HeaderNames.IfNoneMatch, ApiConnection.AdminKeyHeader];
    private static readonly string[] ResponseHeaders =
        [HeaderNames.ContentType, HeaderNames.CacheControl, HeaderNames.ETag, HeaderNames.Vary, HeaderNames.RetryAfter, HeaderNames.WWWAuthenticate, "X-Cache", "Server-Timing", "RateLimit", "RateLimit-Policy"];

    public static IServiceCollection AddDataForwarding(this IServiceCollection services)
    {
        services.AddTransient<TooManyRequestsHandler>();
        services.AddHttpClient(ClientName, ApiConnection.Configure)
            .AddHttpMessageHandler<TooManyRequestsHandler>()
            .RemoveAllLoggers();
        return services;
    }

    public static void MapDataForwarding(this IEndpointRouteBuilder routes) => routes.MapMethods("/data/{**key}", Methods, ForwardAsync);

    // The request line must not decide where the request goes, so the key is sent as a query parameter and encoded again. In a
    // path, its dots and slashes would lead to other addresses.
    private static Uri AddressOf(HttpContext context)
    {
        var query = new QueryBuilder(context.Request.Query.Where(parameter => Parameters.Contains(parameter.Key, StringComparer.Ordinal)));
        return new Uri($"data{query}{(query.Any() ? '&' : '?')}key={EncodeOnce(RawKey.Of(context))}", UriKind.Relative);
    }

    // Encoded characters stay as they are: decoding and encoding them again would change the key.
    private static string EncodeOnce(string key)
    {
        var encoded = new StringBuilder(key.Length);
        for (var i = 0; i < key.Length; i++)
            encoded.Append(RawKey.IsEncodedAt(key, i) ? "%" : Uri.EscapeDataString(key.AsSpan(i, 1)));
        return encoded.ToString();
    }

    private static async Task ForwardAsync(HttpContext context, IHttpClientFactory clients, IConfiguration configuration, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), AddressOf(context));
        foreach (var name in RequestHeaders)
            request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)context.Request.Headers[name]);
        VisitorAddress.Forward(request, VisitorAddress.Of(context), configuration);
        if (HttpMethods.IsPut(context.Request.Method))
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.TryAddWithoutValidation(HeaderNames.ContentType, context.Request.ContentType);
        }

        HttpResponseMessage response;
        try
        {
            response = await clients.CreateClient(ClientName).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (TooManyRequestsException refused)
        {
            response = refused.Response;
        }
        catch (Exception exception) when (exception is HttpRequestException or ExecutionRejectedException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            await Results.Problem("The web page works, but the API behind it does not answer.", statusCode: StatusCodes.Status502BadGateway, title: "The API cannot be reached")
                .ExecuteAsync(context);
            return;
        }

        using (response)
        {
            context.Response.StatusCode = (int)response.StatusCode;
            foreach (var name in ResponseHeaders)
            {
                if (response.Headers.NonValidated.TryGetValues(name, out var values) || response.Content.Headers.NonValidated.TryGetValues(name, out values))
                    context.Response.Headers[name] = values.ToArray();
            }

            await response.Content.CopyToAsync(context.Response.Body, cancellationToken);
        }
    }
}

/// <summary>
/// Carries the answer 429 past the resilience pipeline. The pipeline would retry, and would open its circuit for all visitors
/// because of one who sends too many requests.
/// </summary>
internal sealed class TooManyRequestsHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        return response.StatusCode == HttpStatusCode.TooManyRequests ? throw new TooManyRequestsException(response) : response;
    }
}

/// <summary>The API has refused a request because the client has sent too many.</summary>
internal sealed class TooManyRequestsException(HttpResponseMessage response) : Exception("The API refused the request because the client has sent too many.")
{
    /// <summary>The API's answer.</summary>
    public HttpResponseMessage Response { get; } = response;
}
