using Microsoft.AspNetCore.Http.HttpResults;
using RedisAspire.ApiService.Admin;
using RedisAspire.Caching;

namespace RedisAspire.ApiService.Cache;

/// <summary><c>/api/cache</c>: the cache as a whole.</summary>
internal static class CacheEndpoints
{
    public static void MapCacheEndpoints(this IEndpointRouteBuilder routes) =>
        routes.MapDelete("/api/cache", ClearAsync)
            .WithTags("Cache")
            .WithName("ClearCache")
            .WithSummary("Empties the cache: removes every key that has a time to live, except the application's own.")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .RequireAdminKey();

    private static async Task<Ok<ClearedResponse>> ClearAsync(ReplicatedCache cache, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ClearedResponse(await cache.ClearAsync(cancellationToken)));
}
