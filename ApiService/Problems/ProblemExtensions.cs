using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace RedisAspire.ApiService.Problems;

/// <summary>What this service accepts from clients, and how it says no.</summary>
internal static class ProblemExtensions
{
    private const int MaximumBodyBytes = 1024 * 1024;
    private const int MaximumDepth = 16;

    /// <summary>Sets limits to requests, and answers all that fails with problem details.</summary>
    public static WebApplicationBuilder AddProblems(this WebApplicationBuilder builder)
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
        // In every environment alike, so that one handler says what is wrong.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);

        builder.Services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<BadRequestHandler>();
        builder.Services.AddExceptionHandler<FailureExceptionHandler>();
        return builder;
    }

    /// <summary>Refuses bodies in other encodings: JSON is UTF-8, and the framework fails on names that it does not know.</summary>
    public static IApplicationBuilder UseUtf8Only(this IApplicationBuilder app) =>
        app.Use(static (context, next) =>
        {
            if (context.Request.GetTypedHeaders().ContentType?.Charset is not { Length: > 0 } charset
                || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase))
                return next(context);

            return TypedResults.Problem("A body has to be encoded as UTF-8.", statusCode: StatusCodes.Status415UnsupportedMediaType).ExecuteAsync(context);
        });
}

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

/// <summary>Says no to one parameter of a request.</summary>
internal static class Invalid
{
    public static ValidationProblem Parameter(string name, string error) =>
        TypedResults.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { [name] = [error] });
}
