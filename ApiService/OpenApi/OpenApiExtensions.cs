using System.Net.Mime;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace RedisAspire.ApiService.OpenApi;

/// <summary>Describes the API at <c>/openapi/v1.json</c>, with examples.</summary>
internal static class OpenApiExtensions
{
    public static IServiceCollection AddApiDescription(this IServiceCollection services) =>
        services.AddOpenApi(options => options.AddDocumentTransformer(AddTitle).AddOperationTransformer(AddExamples));

    public static TBuilder WithResponseExample<TBuilder>(this TBuilder endpoint, object example)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new ExampleMetadata(IsAnswer: true, example));

    /// <summary>Adds an example of the request's body, and the refusals of a body that is too large or no JSON.</summary>
    public static RouteHandlerBuilder AcceptsBody(this RouteHandlerBuilder endpoint, object example) =>
        endpoint.ProducesProblems(413, 415).WithMetadata(new ExampleMetadata(IsAnswer: false, example));

    /// <summary>Describes an endpoint. The description may have Markdown.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint, string name, string summary, string? description = null)
    {
        endpoint.WithName(name).WithSummary(summary);
        return description is null ? endpoint : endpoint.WithDescription(description);
    }

    /// <summary>Says with which statuses an endpoint, or a group of them, answers problem details.</summary>
    public static TBuilder ProducesProblems<TBuilder>(this TBuilder endpoints, params ReadOnlySpan<int> statuses)
        where TBuilder : IEndpointConventionBuilder
    {
        foreach (var status in statuses)
            endpoints.ProducesProblem(status);
        return endpoints;
    }

    private static Task AddTitle(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "RedisAspire",
            Version = typeof(OpenApiExtensions).Assembly.GetName().Version?.ToString(fieldCount: 3),
            Description = "Slow data through a replicated Redis cache, and the operation of its nodes. Requests that change or remove things for all users need the admin key.",
        };
        return Task.CompletedTask;
    }

    private static Task AddExamples(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var json = context.ApplicationServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        foreach (var example in context.Description.ActionDescriptor.EndpointMetadata.OfType<ExampleMetadata>())
        {
            foreach (var media in example.IsAnswer ? AnswersOf(operation) : MediaOf(operation.RequestBody?.Content))
                media.Example = JsonSerializer.SerializeToNode(example.Value, json);
        }

        return Task.CompletedTask;
    }

    private static IEnumerable<OpenApiMediaType> AnswersOf(OpenApiOperation operation) =>
        (operation.Responses ?? []).Where(answer => answer.Key.StartsWith('2')).SelectMany(answer => MediaOf(answer.Value.Content));

    private static IEnumerable<OpenApiMediaType> MediaOf(IDictionary<string, OpenApiMediaType>? content) =>
        (content ?? new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal))
            .Where(media => media.Key.Contains("json", StringComparison.Ordinal) || media.Key == MediaTypeNames.Text.EventStream).Select(media => media.Value);
}

/// <summary>An example in the OpenAPI document.</summary>
internal sealed record ExampleMetadata(bool IsAnswer, object Value);
