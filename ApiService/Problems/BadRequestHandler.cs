using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using ProblemDetails = Microsoft.AspNetCore.Mvc.ProblemDetails;

namespace RedisAspire.ApiService.Problems;

/// <summary>Answers requests that cannot be read: what is wrong with them, and no more of how they are read.</summary>
internal sealed class BadRequestHandler(IProblemDetailsService problems, IOptions<JsonOptions> json) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not BadHttpRequestException bad)
            return false;

        httpContext.Response.StatusCode = bad.StatusCode;
        var errors = bad.StatusCode == StatusCodes.Status400BadRequest ? ErrorsIn(bad, httpContext) : [];
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = errors.Count > 0
                ? new HttpValidationProblemDetails(errors) { Status = bad.StatusCode }
                : new ProblemDetails { Status = bad.StatusCode, Detail = Describe(bad) },
        });
    }

    private Dictionary<string, string[]> ErrorsIn(BadHttpRequestException exception, HttpContext context)
    {
        // The request itself has lost its endpoint by now.
        if (context.Features.Get<IExceptionHandlerFeature>()?.Endpoint is not { } endpoint)
            return [];

        var errors = ParameterErrors.In(context.Request.Query, endpoint);
        if (errors.Count > 0 || endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is not { } type)
            return errors;

        var body = json.Value.SerializerOptions.GetTypeInfo(type);
        return exception.InnerException switch
        {
            // One inside another: the text is not even JSON.
            JsonException { InnerException: not JsonException } failure => BodyErrors.In(failure, body),
            null when context.Request.ContentLength is null or 0 => BodyErrors.InNone(body),
            _ => [],
        };
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
