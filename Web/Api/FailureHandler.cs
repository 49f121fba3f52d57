using System.Net;
using System.Text.Json;

namespace RedisAspire.Web.Api;

/// <summary>
/// Turns every failure into a <see cref="CacheApiException"/>. It sits inside the resilience pipeline, which does not
/// repeat after that exception: a person is waiting for the answer, and the nodes are asked again in a second anyway.
/// </summary>
internal sealed class FailureHandler : DelegatingHandler
{
    /// <summary>Reads what the API says about a failure.</summary>
    public static CacheApiException Describe(HttpStatusCode? status, HttpValidationProblemDetails? problem)
    {
        var detail = problem?.Detail ?? Join(problem?.Errors);
        return new CacheApiException(detail ?? problem?.Title ?? $"The API answered {(int?)status}.")
        {
            Status = status,
            Detail = detail,
            MayHaveBeenWritten = problem is null ? null : MayHaveBeenWritten(problem),
        };
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new CacheApiException(FailureKind.Unreachable, "The web page is here, but the service behind it does not answer.", exception);
        }

        if (response.IsSuccessStatusCode)
            return response;

        using (response)
            throw await DescribeAsync(response, cancellationToken);
    }

    private static async Task<CacheApiException> DescribeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return Describe(response.StatusCode, problem: null);

        try
        {
            return Describe(response.StatusCode, await response.Content.ReadFromJsonAsync<HttpValidationProblemDetails>(cancellationToken));
        }
        catch (JsonException)
        {
            return Describe(response.StatusCode, problem: null);
        }
    }

    private static bool? MayHaveBeenWritten(HttpValidationProblemDetails problem) =>
        problem.Extensions.TryGetValue("mayHaveBeenWritten", out var told) && told is JsonElement { ValueKind: JsonValueKind.True or JsonValueKind.False } may
            ? may.GetBoolean()
            : null;

    private static string? Join(IDictionary<string, string[]>? errors) =>
        errors is { Count: > 0 } ? string.Join(' ', errors.Select(error => $"{error.Key}: {string.Join(' ', error.Value)}")) : null;
}
