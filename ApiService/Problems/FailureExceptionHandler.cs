using Microsoft.AspNetCore.Diagnostics;

namespace RedisAspire.ApiService.Problems;

/// <summary>Answers 503 where an endpoint cannot do without Redis and Redis fails, and 504 where the source of a value takes too long.</summary>
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
