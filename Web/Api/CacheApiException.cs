using System.Net;

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
