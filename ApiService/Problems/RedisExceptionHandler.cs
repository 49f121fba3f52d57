using Microsoft.AspNetCore.Diagnostics;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Problems;

/// <summary>Answers 503 where an endpoint cannot do without Redis and Redis fails.</summary>
internal sealed partial class RedisExceptionHandler(IProblemDetailsService problems, ILogger<RedisExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!RedisErrors.IsFailure(exception, httpContext.RequestAborted))
            return false;

        LogRedisFailed(httpContext.Request.Method, httpContext.Request.Path, exception);
        httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        httpContext.Response.Headers.RetryAfter = "1";
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails =
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Title = "Redis is not available",
                Detail = $"{RedisFailure.Describe(exception)} Try again in a moment.",
            },
        });
    }

    [LoggerMessage(LogLevel.Warning, "{Method} {Path} needs Redis, which failed.")]
    private partial void LogRedisFailed(string method, string path, Exception failure);
}
