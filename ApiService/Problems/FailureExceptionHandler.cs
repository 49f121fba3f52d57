using System.Net.Sockets;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using RedisAspire.Caching;

namespace RedisAspire.ApiService.Problems;

/// <summary>Answers 503 when an endpoint needs Redis and Redis fails, and 504 when the source of a value takes too long.</summary>
internal sealed partial class FailureExceptionHandler(IProblemDetailsService problems, ILogger<FailureExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (FailureProblem.Of(exception, httpContext.RequestAborted) is not { } problem)
            return false;

        LogFailed(httpContext.Request.Method, httpContext.Request.Path, problem.Title!, exception);
        problem.Detail += " Try again in a moment.";
        httpContext.Response.StatusCode = problem.Status!.Value;
        httpContext.Response.Headers.RetryAfter = "1";
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = problem });
    }

    [LoggerMessage(LogLevel.Warning, "{Method} {Path} failed: {Reason}.")]
    private partial void LogFailed(string method, string path, string reason, Exception failure);
}

/// <summary>Maps exceptions to the dependency that has failed.</summary>
internal static class FailureProblem
{
    /// <summary>The problem details of a failure; <see langword="null"/> when no dependency is the reason.</summary>
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

/// <summary>
/// Describes in one sentence why Redis failed. The message of the exception is not shown, because it contains addresses and
/// internal state.
/// </summary>
internal static class RedisFailure
{
    // An error starts with the code of its kind; an error of a script has it further on in some versions.
    private static readonly (string Code, string Sentence)[] Refusals =
    [
        ("READONLY ", "The Redis master has just become a replica, which takes no writes."),
        ("MASTERDOWN ", "The Redis node has lost its master."),
        ("LOADING ", "Redis is loading its data."),
        ("OOM ", "Redis has no memory left for this."),
        ("NOAUTH ", NoEntry),
        ("WRONGPASS ", NoEntry),
        ("NOPERM ", NoEntry),
        ("BUSY ", "Redis is busy with a script."),
        ("MISCONF ", "Redis cannot write to its disk and takes no writes."),
        ("NOREPLICAS ", "Redis has not enough replicas to take writes."),
    ];

    private const string NoEntry = "Redis refuses the user or the password of this service.";

    public static string Describe(Exception failure) => failure switch
    {
        RedisUnavailableException => failure.Message,
        RedisServerException => Refusals.FirstOrDefault(refusal => failure.Message.Contains(refusal.Code, StringComparison.Ordinal)).Sentence ?? "Redis refused the command.",
        RedisConnectionException or IOException or SocketException => "The connection to Redis was lost.",
        _ => "Redis did not answer in time.",
    };

    /// <summary>Whether the value of a key has another type than the command expects.</summary>
    public static bool IsWrongType(Exception failure) =>
        failure.GetBaseException() is RedisServerException refusal && refusal.Message.Contains("WRONGTYPE", StringComparison.Ordinal);
}
