using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using RedisAspire.ApiService.Admin;
using RedisAspire.ApiService.Leaderboard;
using RedisAspire.Caching;

namespace RedisAspire.ApiService.Data;

/// <summary><c>/data/{key}</c>: slow data through the cache.</summary>
internal static class DataEndpoints
{
    public static void MapDataEndpoints(this IEndpointRouteBuilder routes)
    {
        // A key may contain anything a person types, slashes too.
        var data = routes.MapGroup("/data").WithTags("Data").AddEndpointFilter(RejectBadKeys);

        data.MapGet("/{**key}", GetAsync)
            .CountForLeaderboard()
            .WithName("GetData")
            .WithSummary("Reads a value: from the cache at once, or from the database in its own time, cached from then on.")
            .Produces<DataResponse>()
            .Produces<string>(contentType: "text/plain")
            .ProducesProblem(StatusCodes.Status400BadRequest);

        data.MapDelete("/{**key}", DeleteAsync)
            .WithName("DeleteData")
            .WithSummary("Removes a value from the cache.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .RequireAdminKey();
    }

    private static async ValueTask<object?> RejectBadKeys(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        return context.GetArgument<DataKey>(0).Error is { } error
            ? TypedResults.Problem(error, statusCode: StatusCodes.Status400BadRequest, title: "Bad key")
            : await next(context);
    }

    private static async Task<Results<Ok<DataResponse>, ContentHttpResult>> GetAsync(
        DataKey dataKey, ReplicatedCache cache, SlowDatabase database, TimeProvider time, HttpContext context, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var lookup = await cache.LookupAsync(
            dataKey.Value, (database, dataKey.Value), static (query, token) => query.database.QueryAsync(query.Value, token), cancellationToken: cancellationToken);
        var elapsed = Math.Round(time.GetElapsedTime(started).TotalMilliseconds, 3);

        var level = lookup.Level switch { CacheLevel.Near => "near", CacheLevel.Redis => "redis", _ => "source" };
        var headers = context.Response.Headers;
        headers["X-Cache"] = lookup.IsHit ? "HIT" : "MISS";
        headers["Server-Timing"] = string.Create(CultureInfo.InvariantCulture, $"{level};dur={elapsed}");
        headers.CacheControl = "no-store";
        headers.Vary = HeaderNames.Accept;

        if (PrefersText(context.Request))
            return TypedResults.Text($"[{(lookup.IsHit ? "CACHE" : "SLOW")}] {lookup.Value}\n");

        return TypedResults.Ok(new DataResponse(
            dataKey.Value,
            lookup.Value,
            lookup.IsHit ? "cache" : "database",
            level,
            lookup.Node,
            elapsed,
            lookup.TimeToLive is { } timeToLive ? Math.Round(timeToLive.TotalSeconds, 3) : null,
            time.GetUtcNow()));
    }

    private static async Task<NoContent> DeleteAsync(DataKey dataKey, ReplicatedCache cache, CancellationToken cancellationToken)
    {
        await cache.RemoveAsync(dataKey.Value, cancellationToken);
        return TypedResults.NoContent();
    }

    private static bool PrefersText(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        return accepted
            .OrderByDescending(type => type.Quality ?? 1)
            .Select(type => type.MediaType.Value)
            .FirstOrDefault(type => type is "text/plain" or "application/json" or "*/*") == "text/plain";
    }
}
