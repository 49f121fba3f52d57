using System.Net;
using System.Text.Json;

namespace RedisAspire.Web.Api;

/// <summary>The API refused a request, failed, or could not be reached. Its message is for the log; pages say it in their own words.</summary>
public sealed class CacheApiException : Exception
{
    /// <summary>Creates the exception without words.</summary>
    public CacheApiException()
        : this("The request failed.")
    {
    }

    /// <summary>Creates the exception for an answer that is none.</summary>
    /// <param name="message">What went wrong.</param>
    public CacheApiException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception for an answer that is none, with its cause.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">The cause.</param>
    public CacheApiException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception for a request that was not answered.</summary>
    /// <param name="kind">How far it came.</param>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">The cause.</param>
    public CacheApiException(FailureKind kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>How far the request came.</summary>
    public FailureKind Kind { get; }

    /// <summary>What the API answered; nothing when it did not.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>What the API says about it, in English.</summary>
    public string? Detail { get; init; }

    /// <summary>Whether what was to be written may be there all the same; nothing when the API does not say.</summary>
    public bool? MayHaveBeenWritten { get; init; }

    /// <summary>Whether it may go well as soon as everything runs again.</summary>
    public bool IsOutage => Kind != FailureKind.Refused || Status >= HttpStatusCode.InternalServerError;
}

/// <summary>How far a request to the API came.</summary>
public enum FailureKind
{
    /// <summary>The API answered that it does not, or cannot, do it.</summary>
    Refused,

    /// <summary>The API was not reached.</summary>
    Unreachable,

    /// <summary>The API did not answer in time.</summary>
    TimedOut,

    /// <summary>The API stopped in the middle of its answer.</summary>
    BrokenOff,
}

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
