using System.Net;

namespace RedisAspire.Web.Api;

/// <summary>The API refused a request, failed, or could not be reached; says so in words for a person.</summary>
public sealed class CacheApiException : Exception
{
    /// <summary>Creates the exception without words.</summary>
    public CacheApiException()
        : this("The request failed.")
    {
    }

    /// <summary>Creates the exception with a title alone.</summary>
    /// <param name="title">What went wrong, in a few words.</param>
    public CacheApiException(string title)
        : base(title) => Title = title;

    /// <summary>Creates the exception with a title and its cause.</summary>
    /// <param name="title">What went wrong, in a few words.</param>
    /// <param name="innerException">The cause.</param>
    public CacheApiException(string title, Exception? innerException)
        : base(title, innerException) => Title = title;

    /// <summary>Creates the exception with a title, a detail and its cause.</summary>
    /// <param name="title">What went wrong, in a few words.</param>
    /// <param name="detail">What there is to say about it.</param>
    /// <param name="innerException">The cause.</param>
    public CacheApiException(string title, string? detail, Exception? innerException = null)
        : base(detail ?? title, innerException) => (Title, Detail) = (title, detail);

    /// <summary>What went wrong, in a few words.</summary>
    public string Title { get; }

    /// <summary>What there is to say about it.</summary>
    public string? Detail { get; }

    /// <summary>What the API answered; nothing when it did not.</summary>
    public HttpStatusCode? Status { get; init; }
}
