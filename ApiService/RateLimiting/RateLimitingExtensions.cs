using System.Threading.RateLimiting;
using RedisAspire.ServiceDefaults;

namespace RedisAspire.ApiService.RateLimiting;

/// <summary>Limits the requests of one client to all instances together.</summary>
internal static class RateLimitingExtensions
{
    private static readonly string[] Unlimited = ["/health", "/alive"];

    public static void AddSharedRateLimiting(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<RateLimitOptions>()
            .BindConfiguration("RateLimit")
            .Validate(
                options => options is { PermitLimit: null or > 0, Chunk: null or > 0, CreationsPerMinute: null or > 0, StreamsPerVisitor: > 0 },
                "RateLimit:PermitLimit, RateLimit:Chunk, RateLimit:CreationsPerMinute and RateLimit:StreamsPerVisitor must be positive.")
            .Validate(
                options => options.Window > TimeSpan.Zero && options.LeaseTimeout > TimeSpan.Zero && options.OpenAfterFailure >= TimeSpan.Zero,
                "RateLimit:Window and RateLimit:LeaseTimeout must be positive.");
        services.AddSingleton<PermitLender>();
        services.AddSingleton<ClientLimiter>();
        services.AddSingleton<VisitorLimits>();
        services.AddSingleton<RateLimitDemo>();
        services.AddVisitorAddress(configuration);

        services.AddRateLimiter(limiter => limiter.AddPolicy<string, StreamLimit>(StreamLimit.Policy));
    }

    /// <summary>Limits requests, and adds the rate limit headers to every answer.</summary>
    public static IApplicationBuilder UseSharedRateLimiting(this IApplicationBuilder app)
    {
        app.UseRateLimiter();
        if (app.ApplicationServices.GetRequiredService<IOptions<RateLimitOptions>>().Value.PermitLimit is null)
            return app;

        var limiter = app.ApplicationServices.GetRequiredService<ClientLimiter>();
        return app.Use((context, next) =>
        {
            if (IsUnlimited(context.Request.Path))
                return next(context);
            var acquiring = limiter.AcquireAsync(context);
            return acquiring.IsCompletedSuccessfully ? AdmitAsync(acquiring.Result, limiter, context, next) : WaitAsync(acquiring, limiter, context, next);
        });
    }

    public static bool IsUnlimited(PathString path) => Array.Exists(Unlimited, unlimited => path.Equals(unlimited, StringComparison.OrdinalIgnoreCase));

    /// <summary>The value of <c>Retry-After</c> for a refusal: full seconds, at least one.</summary>
    public static string SecondsUntilNext(RateLimitLease refusal) =>
        (refusal.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : 1).ToString(CultureInfo.InvariantCulture);

    private static async Task WaitAsync(ValueTask<RateLimitLease> acquiring, ClientLimiter limiter, HttpContext context, RequestDelegate next) =>
        await AdmitAsync(await acquiring, limiter, context, next);

    private static Task AdmitAsync(RateLimitLease lease, ClientLimiter limiter, HttpContext context, RequestDelegate next)
    {
        limiter.WriteHeaders(context.Response.Headers, lease);
        if (lease.IsAcquired)
            return next(context);

        context.Response.Headers.RetryAfter = SecondsUntilNext(lease);
        return Answers.Problem(429, "Requests are rate-limited per client address. Retry-After has the seconds until the next window.", "Too many requests").ExecuteAsync(context);
    }
}
