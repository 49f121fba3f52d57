using System.Net;
using System.Text.Json;

namespace RedisAspire.Web.Api;

/// <summary>The API refused a request, failed, or could not be reached. Its message is for the log; pages show their own texts.</summary>
/// <param name="message">What went wrong.</param>
/// <param name="innerException">The cause.</param>
public sealed class CacheApiException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The kind of failure.</summary>
    public FailureKind Kind { get; init; }

    /// <summary>The status of the answer; null when there was none.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>The explanation of the API, in English.</summary>
    public string? Detail { get; init; }

    /// <summary>Whether the write may have taken effect all the same; null when the API does not say.</summary>
    public bool? MayHaveBeenWritten { get; init; }

    /// <summary>Whether the same request may succeed once the outage is over.</summary>
    public bool IsOutage => Kind != FailureKind.Refused || Status >= HttpStatusCode.InternalServerError;
}

/// <summary>The kind of a failure.</summary>
public enum FailureKind
{
    /// <summary>The API answered with an error.</summary>
    Refused,

    /// <summary>The API was not reached.</summary>
    Unreachable,

    /// <summary>The API did not answer in time.</summary>
    TimedOut,

    /// <summary>The API stopped in the middle of its answer.</summary>
    BrokenOff,
}

/// <summary>
/// Turns every failure into a <see cref="CacheApiException"/>. The handler runs inside the resilience pipeline, which does not
/// retry after that exception: a person is waiting for the answer, and the event stream reconnects every second anyway.
/// </summary>
internal sealed class FailureHandler : DelegatingHandler
{
    /// <summary>Makes the exception from the problem details of the API.</summary>
    public static CacheApiException Describe(HttpStatusCode? status, HttpValidationProblemDetails? problem)
    {
        var detail = problem?.Detail ?? (problem is { Errors: { Count: > 0 } errors } ? string.Join(' ', errors.Select(error => $"{error.Key}: {string.Join(' ', error.Value)}")) : null);
        var mayHaveBeenWritten = problem?.Extensions.TryGetValue("mayHaveBeenWritten", out var may) == true ? may as JsonElement? : null;
        return new CacheApiException(detail ?? problem?.Title ?? $"The API answered {(int?)status}.")
        {
            Status = status,
            Detail = detail,
            MayHaveBeenWritten = mayHaveBeenWritten?.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null },
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
            throw new CacheApiException("The API does not answer.", exception) { Kind = FailureKind.Unreachable };
        }

        if (response.IsSuccessStatusCode)
            return response;

        using (response)
            throw Describe(response.StatusCode, await ProblemOfAsync(response, cancellationToken));
    }

    private static async Task<HttpValidationProblemDetails?> ProblemOfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return response.Content.Headers.ContentType?.MediaType == "application/problem+json"
                ? await response.Content.ReadFromJsonAsync<HttpValidationProblemDetails>(cancellationToken)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
