using Microsoft.AspNetCore.Mvc;
using RedisAspire.Caching;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Problems;

/// <summary>Tells clients which of the things that this service depends on has failed.</summary>
internal static class FailureProblem
{
    /// <summary>The problem of a failure; <see langword="null"/> when none of them is its reason.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="cancellationToken">What the request could have been given up with.</param>
    public static ProblemDetails? Of(Exception failure, CancellationToken cancellationToken) => failure switch
    {
        SourceTimeoutException => new()
        {
            Status = StatusCodes.Status504GatewayTimeout,
            Title = "The source did not answer in time",
            Detail = failure.Message,
        },
        _ when RedisErrors.IsFailure(failure, cancellationToken) => new()
        {
            Status = StatusCodes.Status503ServiceUnavailable,
            Title = "Redis is not available",
            Detail = RedisFailure.Describe(failure),
        },
        _ => null,
    };
}
