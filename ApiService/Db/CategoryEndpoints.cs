using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Text;

namespace RedisAspire.ApiService.Db;

/// <summary><c>/api/db/categories</c>: the categories of the products.</summary>
internal static class CategoryEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaximumLimit = 1000;
    private const int MaximumCursorLength = 1024;

    public static void MapCategories(this IEndpointRouteBuilder catalogue) =>
        catalogue.MapGet("/categories", ListAsync)
            .Describe("ListCategories", "Lists the categories that have products, a page at a time, each with how many.",
                $"Read from a replica: what was written a moment ago may be missing. `limit` is 1 to {MaximumLimit}, {DefaultLimit} without; `cursor` is what the page before gave as `next`.")
            .WithResponseExample(new CategoryListResponse(
                [new CategoryResponse("books", 8), new CategoryResponse("electronics", 9)], "ZWxlY3Ryb25pY3M", ProductResponse.RedisDb, "redis-replica-1"));

    private static async Task<Results<Ok<CategoryListResponse>, ValidationProblem>> ListAsync(
        CategoryLister lister, CancellationToken cancellationToken, [Range(1, MaximumLimit, ErrorMessage = "A page has 1 to 1000 categories.")] int limit = DefaultLimit, string? cursor = null)
    {
        if (cursor is not null && (cursor.Length > MaximumCursorLength || !Base64Url.IsValid(cursor)))
            return Answers.Invalid("cursor", "This is the 'next' of no page.");
        return TypedResults.Ok(await lister.ListAsync(limit, cursor, cancellationToken));
    }
}

/// <summary>Lists the categories, from the read node, in the order of their bytes.</summary>
internal sealed class CategoryLister(RedisReads reads, IOptions<DbOptions> options)
{
    private readonly TimeSpan _timeout = options.Value.OperationTimeout;

    public Task<CategoryListResponse> ListAsync(int limit, string? cursor, CancellationToken cancellationToken) =>
        reads.ReadAsync(async (node, database) =>
        {
            // One name more than the page has shows whether there is another page.
            var names = await database.SortedSetRangeByValueAsync(CatalogueKeys.Categories, After(cursor), exclude: Exclude.Start, take: limit + 1).WaitAsync(_timeout, cancellationToken);
            var page = names.Take(limit).Select(name => name.ToString()).ToArray();
            var counts = await Task.WhenAll(page.Select(name => database.SetLengthAsync(CatalogueKeys.Category(name)))).WaitAsync(_timeout, cancellationToken);
            var next = names.Length > limit ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(page[^1])) : null;
            return new CategoryListResponse([.. page.Zip(counts, (name, count) => new CategoryResponse(name, count))], next, ProductResponse.RedisDb, node);
        }, cancellationToken);

    private static RedisValue After(string? cursor) => cursor is null ? RedisValue.Null : Base64Url.DecodeFromChars(cursor);
}
