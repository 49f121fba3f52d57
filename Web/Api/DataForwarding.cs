using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace RedisAspire.Web.Api;

/// <summary>
/// Passes <c>GET /data/{key}</c> on to the API, so that one address serves the page to a browser and the data to
/// <c>curl</c>. Reading only: what changes something goes to the API itself.
/// </summary>
internal static class DataForwarding
{
    private const string ClientName = "apiservice";

    // What the answer says about itself; the rest belongs to each connection.
    private static readonly string[] Passed = [HeaderNames.ContentType, HeaderNames.CacheControl, HeaderNames.Vary, HeaderNames.RetryAfter, "X-Cache", "Server-Timing"];

    public static IServiceCollection AddDataForwarding(this IServiceCollection services)
    {
        services.AddTransient<TooManyRequestsHandler>();
        services.AddHttpClient(ClientName, http => http.BaseAddress = new Uri("https+http://apiservice"))
            .AddHttpMessageHandler<TooManyRequestsHandler>()
            .RemoveAllLoggers();
        return services;
    }

    public static void MapDataForwarding(this IEndpointRouteBuilder routes) => routes.MapGet("/data/{**key}", ForwardAsync);

    private static async Task ForwardAsync(HttpContext context, IHttpClientFactory clients, CancellationToken cancellationToken)
    {
        // As it came: decoding and encoding it again would make two keys of one.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(target, UriKind.Relative));
        request.Headers.TryAddWithoutValidation(HeaderNames.Accept, (IEnumerable<string?>)context.Request.Headers.Accept);
        request.Headers.TryAddWithoutValidation(VisitorAddress.Header, VisitorAddress.Of(context));

        HttpResponseMessage response;
        try
        {
            response = await clients.CreateClient(ClientName).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (TooManyRequestsException refused)
        {
            response = refused.Response;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
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
