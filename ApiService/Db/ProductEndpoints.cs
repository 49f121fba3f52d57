namespace RedisAspire.ApiService.Db;

/// <summary><c>/api/db/products</c>: the catalogue, for which Redis is the database.</summary>
internal static class ProductEndpoints
{
    public static Product Example { get; } =
        new("prod1", "Smartphone Premium", 899.99m, "electronics", InStock: true, ["5G", "HDR Display", "Water Resistant"], Version: 1);

    public static void AddProducts(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<DbOptions>()
            .BindConfiguration("Db")
            .Validate(
                options => options.MinimumReplicas >= 0 && options.ReplicationTimeout >= TimeSpan.FromMilliseconds(1) && options.OperationTimeout > TimeSpan.Zero,
                "Db:MinimumReplicas must not be negative; Db:ReplicationTimeout and Db:OperationTimeout must be positive.");
        services.AddSingleton<WriteConnection>();
        services.AddSingleton<ProductWriter>().AddHostedService(provider => provider.GetRequiredService<ProductWriter>());
        services.AddSingleton<ProductReader>();
        services.AddSingleton<ProductLister>();
        services.AddSingleton<CategoryLister>();
        services.AddSingleton<ConsistencyChecker>();
        services.AddSingleton<ProductSeeder>();
        services.AddHostedService<SeedOnStart>();
    }

    public static void MapProductEndpoints(this IEndpointRouteBuilder routes)
    {
        var catalogue = routes.MapGroup("/api/db").WithTags("Catalogue")
            .AddEndpointFilter(CatalogueFailures.AnswerAsync)
            .ProducesProblems(409, 503);
        catalogue.MapMaintenance();
        catalogue.MapCategories();

        var products = catalogue.MapGroup("/products").ProducesValidationProblem();
        products.MapGet("", ListAsync)
            .Describe("ListProducts", "Lists products, a page at a time: those of a category, a price range, in stock, or with a text in their name.",
                $"""
                Read from a replica: what was written a moment ago may be missing. A page has up to {ProductQuery.DefaultLimit} products, or `limit`, at most {ProductQuery.MaximumLimit};
                it may have fewer though there are more: go on with `next` until that is null. `total` is given where it is known without reading all products.
                With several `name`, at most {ProductQuery.MaximumNames}, a product is found that has any of them.
                """)
            .Produces<ProductListResponse>()
            .WithResponseExample(new ProductListResponse([Example], "eyJQcmljZSI6ODk5Ljk5LCJOYW1lIjoiIiwiSWQiOiJwcm9kMSJ9", 50, ProductResponse.RedisDb, "redis-replica-1"));
        products.MapPost();

        var product = products.MapGroup("/{id}");
        product.MapWrites();
        product.MapGet("", GetAsync)
            .Describe("GetProduct", "Reads a product from the master, so that every write is visible at once.",
                "The version is its `ETag`: with `If-None-Match` the answer is 304 while it is the same.")
            .ProducesProduct();

        catalogue.MapGet("/product/{id}", GetAsync)
            .Describe("GetProductOfWorkshop", "The same as /api/db/products/{id}, at the address of the workshop.")
            .ProducesValidationProblem()
            .ProducesProduct();
    }

    public static IResult NotFound(string id) => Answers.Problem(404, $"There is no product '{id}'.");

    private static RouteHandlerBuilder ProducesProduct(this RouteHandlerBuilder endpoint) => endpoint
        .Produces<ProductResponse>()
        .Produces(StatusCodes.Status304NotModified)
        .ProducesProblems(404)
        .WithResponseExample(new ProductResponse(Example, ProductResponse.RedisDb, "redis-master"));

    private static async Task<IResult> ListAsync([AsParameters] ProductQuery query, ProductLister lister, CancellationToken cancellationToken)
    {
        if (query.Check() is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors);
        return TypedResults.Ok(await lister.ListAsync(query, cancellationToken));
    }

    private static async Task<IResult> GetAsync([StoredName("An id")] string id, ProductReader reader, HttpContext context, CancellationToken cancellationToken)
    {
        if (await reader.FindAsync(id, cancellationToken) is not { } product)
            return NotFound(id);

        var tag = ProductTag.Of(product);
        context.Response.Headers.ETag = tag;
        return context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Tag == tag || known.Tag == "*")
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(new ProductResponse(product, ProductResponse.RedisDb, reader.Node));
    }
}
