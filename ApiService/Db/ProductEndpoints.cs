using System.Net.Mime;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using RedisAspire.ApiService.Problems;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Db;

/// <summary><c>/api/db/products</c>: the catalogue, kept in Redis for good.</summary>
internal static partial class ProductEndpoints
{
    public static IServiceCollection AddProducts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DbOptions>()
            .Bind(configuration.GetSection("Db"))
            .Validate(
                options => options.MinimumReplicas >= 0 && options.ReplicationTimeout >= TimeSpan.FromMilliseconds(1) && options.OperationTimeout > TimeSpan.Zero,
                "Db:MinimumReplicas must not be negative; Db:ReplicationTimeout and Db:OperationTimeout must be positive.")
            .ValidateOnStart();
        services.AddSingleton<WriteConnection>();
        services.AddSingleton<ProductWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<ProductWriter>());
        return services;
    }

    public static void MapProductEndpoints(this IEndpointRouteBuilder routes)
    {
        var products = routes.MapGroup("/api/db/products/{id}").WithTags("Catalogue").AddEndpointFilter(RejectBadIds);

        products.MapGet("", GetAsync)
            .WithName("GetProduct")
            .WithSummary("Reads a product from the master, so that everybody sees what has just been written.")
            .Produces<ProductResponse>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

        products.MapPut("", PutAsync)
            .WithName("PutProduct")
            .WithSummary("Creates or replaces a product, and says whether replicas have it: 202 when too few do yet.")
            .Produces<SavedProductResponse>()
            .Produces<SavedProductResponse>(StatusCodes.Status201Created)
            .Produces<SavedProductResponse>(StatusCodes.Status202Accepted)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge, MediaTypeNames.Application.ProblemJson)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType, MediaTypeNames.Application.ProblemJson)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async ValueTask<object?> RejectBadIds(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        IdPattern().IsMatch(context.GetArgument<string>(0))
            ? await next(context)
            : TypedResults.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                ["id"] = ["An id has 1 to 64 characters: letters from A to Z, digits, '-' and '_'."],
            });

    private static async Task<IResult> GetAsync(string id, RedisMaster master, IOptions<DbOptions> options, CancellationToken cancellationToken)
    {
        try
        {
            var hash = await master.Database.HashGetAllAsync(Product.KeyOf(id)).WaitAsync(options.Value.OperationTimeout, cancellationToken);
            if (hash.Length == 0)
                return TypedResults.Problem($"There is no product '{id}'.", statusCode: StatusCodes.Status404NotFound);
            return Product.FromHash(id, hash) is { } product ? TypedResults.Ok(ProductResponse.Of(product)) : NoProduct(id);
        }
        catch (RedisServerException failure) when (RedisFailure.IsWrongType(failure))
        {
            return NoProduct(id);
        }
    }

    private static async Task<IResult> PutAsync(string id, ProductRequest request, ProductWriter writer, IOptions<DbOptions> options, HttpContext context)
    {
        if (request.Check() is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors);

        var product = new Product(id, request.Name, request.Category, request.Price, request.Stock);
        try
        {
            var receipt = await writer.WriteAsync(product);
            var isDurable = receipt.AcknowledgedReplicas >= options.Value.MinimumReplicas;
            var answer = new SavedProductResponse(
                ProductResponse.Of(product), receipt.AcknowledgedReplicas, isDurable,
                isDurable ? null : $"Only {receipt.AcknowledgedReplicas} of {options.Value.MinimumReplicas} replicas have it yet: it may be lost if the master is lost before a replica has it.");
            var location = $"/api/db/products/{id}";
            return (isDurable, receipt.IsNew) switch
            {
                (false, _) => TypedResults.Accepted(location, answer),
                (true, true) => TypedResults.Created(location, answer),
                (true, false) => TypedResults.Ok(answer),
            };
        }
        catch (ProductWriteException failure) when (RedisFailure.IsWrongType(failure.InnerException!))
        {
            return NoProduct(id);
        }
        catch (ProductWriteException failure)
        {
            context.Response.Headers.RetryAfter = "1";
            return TypedResults.Problem(
                $"{RedisFailure.Describe(failure.InnerException!)} {(failure.MayHaveHappened ? "The product may have been written: it is safe to send it again." : "The product was not written.")}",
                statusCode: StatusCodes.Status503ServiceUnavailable, title: "Redis is not available",
                extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["mayHaveBeenWritten"] = failure.MayHaveHappened });
        }
    }

    private static ProblemHttpResult NoProduct(string id) =>
        TypedResults.Problem($"What another client has stored at '{Product.KeyOf(id)}' is no product.", statusCode: StatusCodes.Status409Conflict);

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IdPattern();
}
