using System.Globalization;

namespace RedisAspire.ApiService.RateLimiting;

/// <summary>A limit to try out: so small that a person reaches it, and counted by Redis request by request.</summary>
internal sealed class RateLimitDemo(RedisMaster master, TimeProvider time)
{
    public const int Limit = 10;

    private static readonly string Lend = EmbeddedScript.Read("LendPermits.lua");

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public static TimeSpan Window { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Counts a request, or shows the window without.</summary>
    public async Task<(RateLimitResponse Window, bool IsAdmitted)> AskAsync(HttpContext context, bool isCounted, CancellationToken cancellationToken)
    {
        var client = ClientLimiter.ClientOf(context.Connection.RemoteIpAddress);
        var now = time.GetUtcNow().UtcTicks;
        RedisKey key = string.Create(CultureInfo.InvariantCulture, $"app:rate-demo:{client}:{now / Window.Ticks}");
        var (granted, used) = (1, 0L);
        if (isCounted)
        {
            var answer = (RedisResult[])(await master.Database.ScriptEvaluateAsync(Lend, [key], [1, Limit, (long)Window.TotalMilliseconds * 2]).WaitAsync(Timeout, cancellationToken))!;
            (granted, used) = ((int)answer[0], (long)answer[1]);
        }
        else
            used = (long?)await master.Database.StringGetAsync(key).WaitAsync(Timeout, cancellationToken) ?? 0;

        var reset = TimeSpan.FromTicks(Window.Ticks - (now % Window.Ticks));
        return (new RateLimitResponse(client, "shared", Limit, Window.TotalSeconds, used, Limit - used, Math.Round(reset.TotalSeconds, 3)), granted > 0);
    }
}

/// <summary><c>/api/rate-limit/demo</c>.</summary>
internal static class RateLimitDemoEndpoints
{
    public static void MapRateLimitDemoEndpoints(this IEndpointRouteBuilder routes)
    {
        var demo = routes.MapGroup("/api/rate-limit/demo").WithTags("Rate limit").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        var example = new RateLimitResponse("192.0.2.1", "shared", RateLimitDemo.Limit, RateLimitDemo.Window.TotalSeconds, Used: 3, Remaining: 7, ResetSeconds: 6.418);

        demo.MapGet("", async (HttpContext context, RateLimitDemo limit, CancellationToken cancellationToken) =>
                TypedResults.Ok((await limit.AskAsync(context, isCounted: false, cancellationToken)).Window))
            .WithName("GetRateLimitDemo")
            .WithSummary("Shows the caller's window of a limit to try out. The request itself does not count.")
            .WithResponseExample(example);

        demo.MapPost("", AskAsync)
            .WithName("TryRateLimit")
            .WithSummary($"Counts a request: {RateLimitDemo.Limit} are admitted in {RateLimitDemo.Window.TotalSeconds} seconds, at all instances together, and the others refused with 429.")
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .WithResponseExample(example);
    }

    private static async Task<Results<Ok<RateLimitResponse>, ProblemHttpResult>> AskAsync(HttpContext context, RateLimitDemo limit, CancellationToken cancellationToken)
    {
        var (window, isAdmitted) = await limit.AskAsync(context, isCounted: true, cancellationToken);
        if (isAdmitted)
            return TypedResults.Ok(window);

        context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(window.ResetSeconds!.Value)).ToString(CultureInfo.InvariantCulture);
        return TypedResults.Problem(
            "This limit is to be tried out, and you have reached it. Retry-After has the seconds until the next window.",
            statusCode: StatusCodes.Status429TooManyRequests, title: "Too many requests");
    }
}
