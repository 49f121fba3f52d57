using RedisAspire.ApiService.OpenApi;
using RedisAspire.ApiService.Problems;
using RedisAspire.ApiService.Storage;

namespace RedisAspire.ApiService.Db;

/// <summary><c>/api/db/products</c>: the catalogue, kept in Redis for good.</summary>
internal static class ProductEndpoints
{
    /// <summary>A product that shows what they are like.</summary>
    public static Product Example { get; } =
        new("prod1", "Smartphone Premium", 899.99m, "electronics", InStock: true, ["5G", "HDR Display", "Water Resistant"], Version: 1);

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
        services.AddSingleton<ProductReader>();
        services.AddSingleton<ProductLister>();
        services.AddSingleton<CategoryLister>();
        services.AddSingleton<ConsistencyChecker>();
        services.AddSingleton<ProductSeeder>();
        services.AddHostedService<SeedOnStart>();
        return services;
    }

    public static void MapProductEndpoints(this IEndpointRouteBuilder routes)
    {
        var catalogue = routes.MapGroup("/api/db").WithTags("Catalogue")
            .AddEndpointFilter(CatalogueFailures.AnswerAsync)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        catalogue.MapMaintenance();
        catalogue.MapCategories();

        var products = catalogue.MapGroup("/products").ProducesValidationProblem();
        products.MapGet("", ListAsync)
            .WithName("ListProducts")
            .WithSummary("Lists products, a page at a time: those of a category, a price range, in stock, or with a text in their name.")
            .WithDescription(
                $"""
                Read from a replica: what was written a moment ago may be missing. A page has up to {ProductQuery.DefaultLimit} products, or `limit`, at most {ProductQuery.MaximumLimit};
                it may have fewer though there are more: go on with `next` until that is null. `total` is told where it is known without reading them all.
                """)
            .Produces<ProductListResponse>()
            .WithResponseExample(new ProductListResponse([Example], "eyJQcmljZSI6ODk5Ljk5LCJOYW1lIjoiIiwiSWQiOiJwcm9kMSJ9", 50, ProductResponse.RedisDb, "redis-replica-1"));
        products.MapPost();

        var product = products.MapGroup("/{id}").AddEndpointFilter(RejectBadIds);
        product.MapWrites();
        product.MapGet("", GetAsync)
            .WithName("GetProduct")
            .WithSummary("Reads a product from the master, so that everybody sees what has just been written.")
            .WithDescription("The version is its `ETag`: with `If-None-Match` the answer is 304 while it is the same.")
            .IsRead()
            .WithResponseExample(new ProductResponse(Example, ProductResponse.RedisDb, "redis-master"));

        catalogue.MapGet("/product/{id}", GetAsync)
            .AddEndpointFilter(RejectBadIds)
            .WithName("GetProductOfWorkshop")
            .WithSummary("The same as /api/db/products/{id}, by the name that it has in the workshop.")
            .ProducesValidationProblem()
            .IsRead()
            .WithResponseExample(new ProductResponse(Example, ProductResponse.RedisDb, "redis-master"));
    }

    /// <summary>Says that a product does not exist.</summary>
    public static IResult NotFound(string id) => TypedResults.Problem($"There is no product '{id}'.", statusCode: StatusCodes.Status404NotFound);

    private static RouteHandlerBuilder IsRead(this RouteHandlerBuilder endpoint) => endpoint
        .Produces<ProductResponse>()
        .Produces(StatusCodes.Status304NotModified)
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async ValueTask<object?> RejectBadIds(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        StoredName.IsValid(context.GetArgument<string>(0))
            ? await next(context)
            : Invalid.Parameter("id", StoredName.Rule("An id"));

    private static async Task<IResult> ListAsync([AsParameters] ProductQuery query, ProductLister lister, CancellationToken cancellationToken)
    {
        if (query.Check() is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors);
        return TypedResults.Ok(await lister.ListAsync(query, cancellationToken));
    }

    private static async Task<IResult> GetAsync(string id, ProductReader reader, HttpContext context, CancellationToken cancellationToken)
    {
        if (await reader.FindAsync(id, cancellationToken) is not { } product)
            return NotFound(id);

        var tag = WriteCondition.ETagOf(product);
        context.Response.Headers.ETag = tag;
        return context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Tag == tag || known.Tag == "*")
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(new ProductResponse(product, ProductResponse.RedisDb, reader.Node));
    }
}
