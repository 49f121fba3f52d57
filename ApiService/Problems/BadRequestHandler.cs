using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;

namespace RedisAspire.ApiService.Problems;

/// <summary>Answers requests that cannot be read: what is wrong with them, and no more of how they are read.</summary>
internal sealed class BadRequestHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not BadHttpRequestException bad)
            return false;

        httpContext.Response.StatusCode = bad.StatusCode;
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = { Status = bad.StatusCode, Detail = Describe(bad) },
        });
    }

    private static string Describe(BadHttpRequestException exception) => exception switch
    {
        { StatusCode: StatusCodes.Status413PayloadTooLarge } => "The body is too large.",
        { StatusCode: StatusCodes.Status415UnsupportedMediaType } => "The body has to be JSON, and Content-Type has to say so: application/json.",
        { InnerException: JsonException { Path: { Length: > 1 } path } } => $"The body is not the JSON that is expected: look at {path}.",
        { InnerException: JsonException } => "The body is not the JSON that is expected.",
        _ => "The request cannot be read.",
    };
}
