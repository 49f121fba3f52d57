using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using RedisAspire.ApiService.OpenApi;

namespace RedisAspire.ApiService.RateLimiting;

/// <summary><c>/api/rate-limit</c>: the rate limit of the caller.</summary>
internal static class RateLimitEndpoints
{
    public static void MapRateLimitEndpoints(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/rate-limit", Get)
            .WithTags("Rate limit")
            .WithName("GetRateLimit")
            .WithSummary("Shows the caller's window: its limit, the used and remaining requests, and when the next one begins.")
            .WithDescription("The request itself counts. Every answer has the same values in its headers `RateLimit-Policy` and `RateLimit`.")
            .WithResponseExample(new RateLimitResponse("192.0.2.1", "shared", Limit: 2000, WindowSeconds: 1, Used: 7, Remaining: 1993, ResetSeconds: 0.418));

    private static Ok<RateLimitResponse> Get(HttpContext context, RateLimitState state) => TypedResults.Ok(state.Describe(context));
}

/// <summary>The state of a caller's window, as far as this instance knows: it learns of the others' requests when it borrows permits from Redis.</summary>
internal sealed class RateLimitState(IOptions<RateLimiterOptions> limiter, IOptions<RateLimitOptions> options, PermitLender lender, TimeProvider time)
{
    private readonly RateLimitOptions _options = options.Value;
    private readonly string _policy = string.Create(
        CultureInfo.InvariantCulture, $"\"default\";q={options.Value.PermitLimit};w={Math.Ceiling(options.Value.Window.TotalSeconds)}");

    /// <summary>Describes the caller's window.</summary>
    public RateLimitResponse Describe(HttpContext context)
    {
        var client = RateLimitingExtensions.ClientOf(context.Connection.RemoteIpAddress);
        if (_options.PermitLimit is not { } limit)
            return new RateLimitResponse(client, "none", Limit: null, WindowSeconds: null, Used: null, Remaining: null, ResetSeconds: null);

        var remaining = Remaining(context);
        return new RateLimitResponse(
            client, remaining is null ? "open" : "shared", limit, _options.Window.TotalSeconds, limit - remaining, remaining, Math.Round(_options.UntilNextWindow(time).TotalSeconds, 3));
    }

    /// <summary>Writes the headers <c>RateLimit-Policy</c> and <c>RateLimit</c>, if there is a limit.</summary>
    public void WriteHeaders(HttpContext context)
    {
        if (_options.PermitLimit is null || RateLimitingExtensions.IsUnlimited(context.Request.Path) || Remaining(context) is not { } remaining)
            return;
        context.Response.Headers["RateLimit-Policy"] = _policy;
        context.Response.Headers["RateLimit"] = string.Create(
            CultureInfo.InvariantCulture, $"\"default\";r={remaining};t={Math.Ceiling(_options.UntilNextWindow(time).TotalSeconds)}");
    }

    private long? Remaining(HttpContext context) =>
        lender.IsOpen ? null : limiter.Value.GlobalLimiter?.GetStatistics(context)?.CurrentAvailablePermits;
}
