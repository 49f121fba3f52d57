using System.Buffers.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using RedisAspire.ApiService.OpenApi;
using RedisAspire.ApiService.Problems;

namespace RedisAspire.ApiService.Db;

/// <summary><c>/api/db/categories</c>: what kinds of products there are.</summary>
internal static class CategoryEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaximumLimit = 1000;
    private const int MaximumCursorLength = 1024;

    public static void MapCategories(this IEndpointRouteBuilder catalogue) =>
        catalogue.MapGet("/categories", ListAsync)
            .WithName("ListCategories")
            .WithSummary("Lists the categories that have products, a page at a time, each with how many.")
            .WithDescription(
                $"Read from a replica: what was written a moment ago may be missing. `limit` is 1 to {MaximumLimit}, {DefaultLimit} without; `cursor` is what the page before gave as `next`.")
            .WithResponseExample(new CategoryListResponse(
                [new CategoryResponse("books", 8), new CategoryResponse("electronics", 9)], "ZWxlY3Ryb25pY3M", ProductResponse.RedisDb, "redis-replica-1"));

    private static async Task<Results<Ok<CategoryListResponse>, ValidationProblem>> ListAsync(
        CategoryLister lister, CancellationToken cancellationToken, int limit = DefaultLimit, string? cursor = null)
    {
        if (limit is < 1 or > MaximumLimit)
            return Invalid.Parameter("limit", $"A page has 1 to {MaximumLimit} categories.");
        if (cursor is not null && (cursor.Length > MaximumCursorLength || !Base64Url.IsValid(cursor)))
            return Invalid.Parameter("cursor", "This is the 'next' of no page.");
        return TypedResults.Ok(await lister.ListAsync(limit, cursor, cancellationToken));
    }
}
