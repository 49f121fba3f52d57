using Microsoft.AspNetCore.Http.HttpResults;
using RedisAspire.ApiService.OpenApi;

namespace RedisAspire.ApiService.RateLimiting;

/// <summary><c>/api/rate-limit</c>: how much the caller may still ask.</summary>
internal static class RateLimitEndpoints
{
    public static void MapRateLimitEndpoints(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/rate-limit", Get)
            .WithTags("Rate limit")
            .WithName("GetRateLimit")
            .WithSummary("Shows the caller's window: its limit, what is used and left of it, and when the next one begins.")
            .WithDescription("The request itself counts. Every answer says the same in its headers `RateLimit-Policy` and `RateLimit`.")
            .WithResponseExample(new RateLimitResponse("192.0.2.1", "shared", Limit: 2000, WindowSeconds: 1, Used: 7, Remaining: 1993, ResetSeconds: 0.418));

    private static Ok<RateLimitResponse> Get(HttpContext context, RateLimitState state) => TypedResults.Ok(state.Describe(context));
}
