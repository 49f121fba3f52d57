using System.Text.Json;

namespace RedisAspire.Web.Api;

/// <summary>
/// Turns every failure into a <see cref="CacheApiException"/>. It sits inside the resilience pipeline, which does not
/// repeat after that exception: a person is waiting for the answer, and the nodes are asked again in a second anyway.
/// </summary>
internal sealed class FailureHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new CacheApiException(
                "The API cannot be reached", "The web page is here, but the service behind it does not answer.", exception);
        }

        if (response.IsSuccessStatusCode)
            return response;

        using (response)
            throw await DescribeAsync(response, cancellationToken);
    }

    private static async Task<CacheApiException> DescribeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var fallback = $"The API answered {(int)response.StatusCode}";
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return new(fallback) { Status = response.StatusCode };

        try
        {
            var problem = await response.Content.ReadFromJsonAsync<HttpValidationProblemDetails>(cancellationToken);
            return new(problem?.Title ?? fallback, problem?.Detail ?? Join(problem?.Errors)) { Status = response.StatusCode };
        }
        catch (JsonException exception)
        {
            return new(fallback, exception) { Status = response.StatusCode };
        }
    }

    private static string? Join(IDictionary<string, string[]>? errors) =>
        errors is { Count: > 0 } ? string.Join(' ', errors.Values.SelectMany(sentences => sentences)) : null;
}
