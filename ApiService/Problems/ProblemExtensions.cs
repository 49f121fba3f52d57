using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Json;

namespace RedisAspire.ApiService.Problems;

/// <summary>Limits of requests, and problem details for all errors.</summary>
internal static class ProblemExtensions
{
    private const int MaximumBodyBytes = 1024 * 1024;
    private const int MaximumDepth = 16;

    public static void AddProblems(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaximumBodyBytes;
            // A key of 512 characters, each encoded as three bytes of three characters, and some more.
            kestrel.Limits.MaxRequestLineSize = 8 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.MaxRequestHeaderCount = 64;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });

        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.MaxDepth = MaximumDepth;
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.AllowDuplicateProperties = false;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.RespectRequiredConstructorParameters = true;
            json.SerializerOptions.ReadCommentHandling = JsonCommentHandling.Disallow;
        });
        // The same in every environment, so that one handler answers all unreadable requests.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);

        builder.Services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        builder.Services.AddProblemDetails();
        builder.Services.AddValidation();
        builder.Services.AddExceptionHandler<BadRequestHandler>();
        builder.Services.AddExceptionHandler<FailureExceptionHandler>();
    }

    /// <summary>Refuses bodies in other encodings: JSON is UTF-8, and the framework throws on unknown encoding names.</summary>
    public static IApplicationBuilder UseUtf8Only(this IApplicationBuilder app) =>
        app.Use(static (context, next) =>
        {
            if (context.Request.ContentType is null || context.Request.GetTypedHeaders().ContentType?.Charset is not { Length: > 0 } charset
                || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase))
                return next(context);

            return Answers.Problem(415, "A body must be encoded as UTF-8.").ExecuteAsync(context);
        });
}

/// <summary>
/// Writes every problem as problem details, whatever the client accepts: for clients that accept something else, the
/// framework's own writer writes plain text or nothing.
/// </summary>
internal sealed class ProblemWriter(IOptions<JsonOptions> json) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        context.ProblemDetails.Status ??= context.HttpContext.Response.StatusCode;
        // Validation names members as the code does, so they get their names in JSON. Headers, which have a hyphen, keep theirs,
        // and so do the members of a body that could not be read.
        if (context.ProblemDetails is HttpValidationProblemDetails invalid && context.HttpContext.Features.Get<IExceptionHandlerFeature>() is null)
            invalid.Errors = invalid.Errors.ToDictionary(error => error.Key.Contains('-') ? error.Key : JsonNamingPolicy.CamelCase.ConvertName(error.Key), error => error.Value, StringComparer.Ordinal);
        // The result adds the title and type of the status.
        ProblemHttpResult problem = TypedResults.Problem(context.ProblemDetails);
        return new(context.HttpContext.Response.WriteAsJsonAsync(
            problem.ProblemDetails, problem.ProblemDetails.GetType(), json.Value.SerializerOptions, problem.ContentType, context.HttpContext.RequestAborted));
    }
}

/// <summary>Answers that several features give.</summary>
internal static class Answers
{
    public static ProblemHttpResult Problem(int status, string detail, string? title = null) => TypedResults.Problem(detail, statusCode: status, title: title);

    /// <summary>The answer to a request with one invalid parameter.</summary>
    public static ValidationProblem Invalid(string parameter, string error) =>
        TypedResults.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { [parameter] = [error] });

    public static async Task<NoContent> NoContentAfterAsync(Task change)
    {
        await change;
        return TypedResults.NoContent();
    }

    /// <summary>The answer to a change whose result is whether there was something to change; a 404 says what there was not.</summary>
    public static async Task<Results<NoContent, ProblemHttpResult>> NoContentOr404Async(Task<bool> change, string missing) =>
        await change ? TypedResults.NoContent() : Problem(404, missing);
}
