using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace RedisAspire.ApiService.Problems;

/// <summary>
/// Writes every problem as problem details, whatever the client says it accepts: the framework's own writer leaves
/// those that accept something else with a line of text, or nothing.
/// </summary>
internal sealed class ProblemWriter(IOptions<JsonOptions> json) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        context.ProblemDetails.Status ??= context.HttpContext.Response.StatusCode;
        // The result fills in what every problem of a status has in common, its title and type.
        ProblemHttpResult problem = TypedResults.Problem(context.ProblemDetails);
        return new(context.HttpContext.Response.WriteAsJsonAsync(
            problem.ProblemDetails, problem.ProblemDetails.GetType(), json.Value.SerializerOptions, problem.ContentType, context.HttpContext.RequestAborted));
    }
}
