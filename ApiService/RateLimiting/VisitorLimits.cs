using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace RedisAspire.ApiService.RateLimiting;

/// <summary>Limits what a visitor may create in Redis, at one instance. Requests with the admin key are not limited.</summary>
internal sealed class VisitorLimits : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<HttpContext> _creations;

    public VisitorLimits(IOptions<RateLimitOptions> options) =>
        _creations = PartitionedRateLimiter.Create<HttpContext, string>(context => options.Value.CreationsPerMinute is { } limit && !context.HasAdminKey()
            ? RateLimitPartition.GetFixedWindowLimiter(
                ClientLimiter.ClientOf(context.Connection.RemoteIpAddress),
                _ => new FixedWindowRateLimiterOptions { PermitLimit = limit, Window = Window })
            : RateLimitPartition.GetNoLimiter(""));

    /// <summary>Counts a session or job that a visitor is about to create. The result is the refusal of a visitor that has created too many.</summary>
    public ProblemHttpResult? CountCreation(HttpContext context)
    {
        using var lease = _creations.AttemptAcquire(context);
        if (lease.IsAcquired)
            return null;

        context.Response.Headers.RetryAfter = RateLimitingExtensions.SecondsUntilNext(lease);
        return Answers.Problem(429, "Sessions and jobs are rate-limited per client address. Retry-After has the seconds until more may be created.", "Too much created");
    }

    public void Dispose() => _creations.Dispose();
}

/// <summary>Limits the event streams of a visitor at one instance. Requests with the admin key are not limited.</summary>
internal sealed class StreamLimit(IOptions<RateLimitOptions> options) : IRateLimiterPolicy<string>
{
    public const string Policy = "streams";

    public Func<OnRejectedContext, CancellationToken, ValueTask> OnRejected { get; } = static (rejected, _) => new ValueTask(Answers.Problem(
        429, "Event streams are limited per client address. One of them must end first.", "Too many streams").ExecuteAsync(rejected.HttpContext));

    public RateLimitPartition<string> GetPartition(HttpContext httpContext) => httpContext.HasAdminKey()
        ? RateLimitPartition.GetNoLimiter("")
        : RateLimitPartition.GetConcurrencyLimiter(
            ClientLimiter.ClientOf(httpContext.Connection.RemoteIpAddress), _ => new ConcurrencyLimiterOptions { PermitLimit = options.Value.StreamsPerVisitor });
}
