using System.Net;
using System.Text.Json;

namespace RedisAspire.Web.Api;

/// <summary>The API refused a request, failed, or could not be reached. Its message is for the log; pages show their own texts.</summary>
public sealed class CacheApiException : Exception
{
    /// <summary>Creates the exception with a general message.</summary>
    public CacheApiException()
        : this("The request failed.")
    {
    }

    /// <summary>Creates the exception for an unusable answer.</summary>
    /// <param name="message">What went wrong.</param>
    public CacheApiException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception for an unusable answer, with its cause.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">The cause.</param>
    public CacheApiException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception for a request that was not answered.</summary>
    /// <param name="kind">The kind of failure.</param>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">The cause.</param>
    public CacheApiException(FailureKind kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>The kind of failure.</summary>
    public FailureKind Kind { get; }

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
            throw new CacheApiException(FailureKind.Unreachable, "The API does not answer.", exception);
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
        problem.Extensions.TryGetValue("mayHaveBeenWritten", out var value) && value is JsonElement { ValueKind: JsonValueKind.True or JsonValueKind.False } may
            ? may.GetBoolean()
            : null;

    private static string? Join(IDictionary<string, string[]>? errors) =>
        errors is { Count: > 0 } ? string.Join(' ', errors.Select(error => $"{error.Key}: {string.Join(' ', error.Value)}")) : null;
}
