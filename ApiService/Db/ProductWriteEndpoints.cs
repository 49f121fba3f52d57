using System.Net.Mime;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using RedisAspire.ApiService.Tracing;

namespace RedisAspire.ApiService.Db;

/// <summary>The endpoints that change products. The answer is 202 when too few replicas have the change yet.</summary>
internal static class ProductWriteEndpoints
{
    private const string MergePatch = "application/merge-patch+json";
    private const string Conditions = "With `If-Match` (an `ETag`, or `*`) only if the product has that `ETag`; 412 otherwise.";

    // Another client may change the product in between, so a few attempts are made.
    private const int MaximumAttempts = 5;

    private static ProductWriteResponse Example { get; } = new(ProductEndpoints.Example, ProductResponse.RedisDb, "redis-master", 1, Durable: true, Explanation: null);

    public static void MapPost(this IEndpointRouteBuilder products) =>
        products.MapPost("", PostAsync)
            .Describe("CreateProduct", "Creates a product, and chooses its id.",
                "To choose the id, send `PUT` with `If-None-Match: *`: that request can safely be repeated when its answer was lost.")
            .AcceptsBody(ProductEndpoints.Example.ToRequest())
            .Produces<ProductWriteResponse>(StatusCodes.Status201Created)
            .Produces<ProductWriteResponse>(StatusCodes.Status202Accepted)
            .WithResponseExample(Example)
            .RequireAdminKey();

    public static void MapWrites(this IEndpointRouteBuilder product)
    {
        product.MapPut("", PutAsync)
            .Describe("PutProduct", "Creates or replaces a product.",
                $"{Conditions} With `If-None-Match: *` only if there is none. The product of an answer can be sent back: its `id` must be that of the address, and its `version` is ignored.")
            .ChangesProduct()
            .AcceptsBody(ProductEndpoints.Example.ToRequest())
            .Produces<ProductWriteResponse>(StatusCodes.Status201Created);

        product.MapPatch("", PatchAsync)
            .Describe("PatchProduct", "Changes some of a product, by a JSON merge patch.",
                $"{Conditions} Without, it is merged into what the product is at that moment.")
            .Accepts<JsonElement>(MergePatch, MediaTypeNames.Application.Json)
            .ChangesProduct()
            .ProducesProblems(404)
            .AcceptsBody(new { price = 799.99m, in_stock = false });

        product.MapDelete("", DeleteAsync)
            .Describe("DeleteProduct", "Deletes a product.", Conditions)
            .ChangesProduct()
            .ProducesProblems(404);
    }

    private static async Task<IResult> PostAsync(
        ProductRequest request, [AsParameters] TraceQuery query, ProductWriter writer, RequestTracing tracing, IOptions<DbOptions> options, HttpContext context)
    {
        var trace = tracing.Begin(query);
        if (request.Check() is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors);
        var product = request.ToProduct(Guid.CreateVersion7().ToString("N"));
        return Answer(product, await writer.WriteAsync(ProductWrite.Save(product, WriteCondition.IsNew), trace), options.Value, context, trace);
    }

    private static async Task<IResult> PutAsync(
        [StoredName("An id")] string id, ProductRequest request, [AsParameters] WriteCondition condition, [AsParameters] TraceQuery query, ProductWriter writer, RequestTracing tracing,
        IOptions<DbOptions> options, HttpContext context)
    {
        var trace = tracing.Begin(query);
        if (request.Check(id) is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors);
        var product = request.ToProduct(id);
        return Answer(product, await writer.WriteAsync(ProductWrite.Save(product, condition), trace), options.Value, context, trace);
    }

    private static async Task<IResult> PatchAsync(
        [StoredName("An id")] string id, JsonElement patch, [AsParameters] WriteCondition condition, [AsParameters] TraceQuery query, ProductReader reader, ProductWriter writer,
        RequestTracing tracing, IOptions<DbOptions> options, IOptions<JsonOptions> json, HttpContext context, CancellationToken cancellationToken)
    {
        var trace = tracing.Begin(query);
        for (var attempt = 1; ; attempt++)
        {
            if (await reader.FindAsync(id, cancellationToken, trace) is not { } before)
                return condition.IfMatch is null ? ProductEndpoints.NotFound(id) : Refused();
            var request = ProductPatch.TryApply(patch, before, json.Value.SerializerOptions, out var unreadable);
            if ((request?.Check(id) ?? unreadable) is { Count: > 0 } errors)
                return TypedResults.ValidationProblem(errors);
            if (request is null)
                return Answers.Problem(400, "The result would be no valid product. Only 'features' may be removed.");

            // The result of a merge with one version must not be written over another.
            if (!condition.Allows(before))
                return Refused();
            var product = request.ToProduct(id);
            var receipt = await writer.WriteAsync(ProductWrite.Save(product, new WriteCondition(ProductTag.Of(before))), trace);
            if (receipt.Outcome != WriteOutcome.Refused || attempt == MaximumAttempts)
                return Answer(product, receipt, options.Value, context, trace);
        }
    }

    private static async Task<IResult> DeleteAsync(
        [StoredName("An id")] string id, [AsParameters] WriteCondition condition, [AsParameters] TraceQuery query, ProductWriter writer, RequestTracing tracing, IOptions<DbOptions> options,
        HttpContext context)
    {
        var trace = tracing.Begin(query);
        var receipt = await writer.WriteAsync(ProductWrite.Delete(id, condition), trace);
        return receipt.Outcome == WriteOutcome.Missing ? ProductEndpoints.NotFound(id) : Answer(product: null, receipt, options.Value, context, trace);
    }

    private static IResult Answer(Product? product, WriteReceipt receipt, DbOptions options, HttpContext context, RequestTrace? trace)
    {
        if (receipt.Outcome == WriteOutcome.Refused)
            return Refused();

        var written = product is null ? null : product with { Version = receipt.Version };
        var answer = receipt.ToResponse(written, options.MinimumReplicas).WithTrace(trace?.End());
        if (written is not null)
            context.Response.Headers.ETag = ProductTag.Of(written);
        var location = written is null ? null : $"/api/db/products/{written.Id}";
        return (answer.Durable, receipt.Outcome) switch
        {
            (false, _) => TypedResults.Accepted(location, answer),
            (true, WriteOutcome.Created) => TypedResults.Created(location, answer),
            _ => TypedResults.Ok(answer),
        };
    }

    private static ProblemHttpResult Refused() =>
        Answers.Problem(412, "The product does not meet the condition of the request. Read it again.");

    private static RouteHandlerBuilder ChangesProduct(this RouteHandlerBuilder endpoint) => endpoint
        .CheckWriteCondition()
        .Produces<ProductWriteResponse>()
        .Produces<ProductWriteResponse>(StatusCodes.Status202Accepted)
        .WithResponseExample(Example)
        .RequireAdminKey();
}
