namespace RedisAspire.ApiService.RateLimiting;

/// <summary><c>/api/rate-limit</c>: the rate limit of the caller.</summary>
internal static class RateLimitEndpoints
{
    public static void MapRateLimitEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/rate-limit", Get)
            .WithTags("Rate limit")
            .WithName("GetRateLimit")
            .WithSummary("Shows the caller's window: its limit, the used and remaining requests, and when the next one begins.")
            .WithDescription("The request itself counts. Every answer has the same values in its headers `RateLimit-Policy` and `RateLimit`.")
            .WithResponseExample(new RateLimitResponse("192.0.2.1", "shared", Limit: 2000, WindowSeconds: 1, Used: 7, Remaining: 1993, ResetSeconds: 0.418));
        routes.MapRateLimitDemoEndpoints();
    }

    private static Ok<RateLimitResponse> Get(HttpContext context, ClientLimiter limiter) => TypedResults.Ok(limiter.Describe(context));
}
