using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Net.Http.Headers;
using Polly;
using RedisAspire.ServiceDefaults;

namespace RedisAspire.Web.Api;

/// <summary>
/// Passes <c>/data/{key}</c> on to the API, so that one address serves the page to a browser and the data to
/// <c>curl</c>. What changes something needs the admin key here as there: this service does not lend its own.
/// </summary>
internal static class DataForwarding
{
    private const string ClientName = "apiservice";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Put, HttpMethods.Delete];

    private static readonly string[] Parameters = ["bypassNear", "ttl"];

    // What the request and the answer say about themselves; the rest belongs to each connection.
    private static readonly string[] Asked = [HeaderNames.Accept, HeaderNames.IfMatch, HeaderNames.IfNoneMatch, ApiConnection.AdminKeyHeader];
    private static readonly string[] Passed =
        [HeaderNames.ContentType, HeaderNames.CacheControl, HeaderNames.ETag, HeaderNames.Vary, HeaderNames.RetryAfter, HeaderNames.WWWAuthenticate, "X-Cache", "Server-Timing", "RateLimit", "RateLimit-Policy"];

    public static IServiceCollection AddDataForwarding(this IServiceCollection services)
    {
        services.AddTransient<TooManyRequestsHandler>();
        services.AddHttpClient(ClientName, http => http.BaseAddress = new Uri("https+http://apiservice"))
            .AddHttpMessageHandler<TooManyRequestsHandler>()
            .RemoveAllLoggers();
        return services;
    }

    public static void MapDataForwarding(this IEndpointRouteBuilder routes) => routes.MapMethods("/data/{**key}", Methods, ForwardAsync);

    // Nothing of the request line decides where the request goes: the key is a parameter, encoded anew, and so is what else is
    // known of the query. In a path, dots and slashes would lead to other addresses.
    private static Uri AddressOf(HttpContext context)
    {
        var query = new QueryBuilder(context.Request.Query.Where(parameter => Parameters.Contains(parameter.Key, StringComparer.Ordinal)));
        return new Uri($"data{query}{(query.Any() ? '&' : '?')}key={EncodeOnce(RawKey.Of(context))}", UriKind.Relative);
    }

    // What is encoded remains as it is: decoding it and encoding it again would make two keys of one.
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
        foreach (var name in Asked)
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
            await Results.Problem("The web page is here, but the API behind it does not answer.", statusCode: StatusCodes.Status502BadGateway, title: "The API cannot be reached")
                .ExecuteAsync(context);
            return;
        }

        using (response)
        {
            context.Response.StatusCode = (int)response.StatusCode;
            foreach (var name in Passed)
            {
                if (response.Headers.NonValidated.TryGetValues(name, out var values) || response.Content.Headers.NonValidated.TryGetValues(name, out values))
                    context.Response.Headers[name] = values.ToArray();
            }

            await response.Content.CopyToAsync(context.Response.Body, cancellationToken);
        }
    }
}

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
