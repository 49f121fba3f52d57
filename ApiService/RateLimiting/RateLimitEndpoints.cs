namespace RedisAspire.ApiService.RateLimiting;

/// <summary><c>/api/rate-limit</c>: the rate limit of the caller, and a small one to try out.</summary>
internal static class RateLimitEndpoints
{
    public static void MapRateLimitEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/rate-limit", (HttpContext context, ClientLimiter limiter) => limiter.Describe(context))
            .WithTags("Rate limit")
            .Describe("GetRateLimit", "Shows the caller's window: its limit, the used and remaining requests, and when the next one begins.",
                "The request itself counts. Every answer has the same values in its headers `RateLimit-Policy` and `RateLimit`.")
            .WithResponseExample(new RateLimitResponse("192.0.2.1", "shared", Limit: 2000, WindowSeconds: 1, Used: 7, Remaining: 1993, ResetSeconds: 0.418));

        var demo = routes.MapGroup("/api/rate-limit/demo").WithTags("Rate limit").ProducesProblems(503)
            .WithResponseExample(new RateLimitResponse("192.0.2.1", "shared", RateLimitDemo.Limit, RateLimitDemo.Window.TotalSeconds, Used: 3, Remaining: 7, ResetSeconds: 6.418));
        demo.MapGet("", async (HttpContext context, RateLimitDemo limit, CancellationToken cancellationToken) =>
                (await limit.AskAsync(context, isCounted: false, cancellationToken)).Window)
            .Describe("GetRateLimitDemo", "Shows the caller's window of a limit to try out. The request itself does not count.");

        demo.MapPost("", TryAsync)
            .Describe(
                "TryRateLimit", $"Counts a request: {RateLimitDemo.Limit} are admitted in {RateLimitDemo.Window.TotalSeconds} seconds, at all instances together, and the others refused with 429.")
            .ProducesProblems(429);
    }

    private static async Task<Results<Ok<RateLimitResponse>, ProblemHttpResult>> TryAsync(HttpContext context, RateLimitDemo limit, CancellationToken cancellationToken)
    {
        var (window, isAdmitted) = await limit.AskAsync(context, isCounted: true, cancellationToken);
        if (isAdmitted)
            return TypedResults.Ok(window);

        context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(window.ResetSeconds!.Value)).ToString(CultureInfo.InvariantCulture);
        return Answers.Problem(429, "This limit is to be tried out, and you have reached it. Retry-After has the seconds until the next window.", "Too many requests");
    }
}
