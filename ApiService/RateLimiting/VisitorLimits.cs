using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using RedisAspire.ApiService.Admin;

namespace RedisAspire.ApiService.RateLimiting;

/// <summary>
/// What one visitor may leave behind in Redis, at one instance. Whoever has the admin key may leave as much as he likes.
/// </summary>
internal sealed class VisitorLimits : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<HttpContext> _creations;

    public VisitorLimits(IOptions<RateLimitOptions> options) =>
        _creations = PartitionedRateLimiter.Create<HttpContext, string>(context => options.Value.CreationsPerMinute is { } limit && !context.HasAdminKey()
            ? RateLimitPartition.GetFixedWindowLimiter(
                RateLimitingExtensions.ClientOf(context.Connection.RemoteIpAddress),
                _ => new FixedWindowRateLimiterOptions { PermitLimit = limit, Window = Window })
            : RateLimitPartition.GetNoLimiter(""));

    /// <summary>Counts something that a visitor is about to create.</summary>
    /// <returns>The answer to one who has created too much; <see langword="null"/> to others.</returns>
    public ProblemHttpResult? CountCreation(HttpContext context)
    {
        using var lease = _creations.AttemptAcquire(context);
        if (lease.IsAcquired)
            return null;

        context.Response.Headers.RetryAfter = RateLimitingExtensions.SecondsUntilNext(lease);
        return TypedResults.Problem(
            "This address has created as much as it may in a minute. Retry-After says in how many seconds it may go on.",
            statusCode: StatusCodes.Status429TooManyRequests, title: "Too much created");
    }

    public void Dispose() => _creations.Dispose();
}

/// <summary>How many streams one visitor may listen to at once, at one instance. Whoever has the admin key may listen to any number.</summary>
internal sealed class StreamLimit(IOptions<RateLimitOptions> options) : IRateLimiterPolicy<string>
{
    /// <summary>Its name.</summary>
    public const string Policy = "streams";

    /// <inheritdoc/>
    public Func<OnRejectedContext, CancellationToken, ValueTask> OnRejected { get; } = static (rejected, _) => new ValueTask(TypedResults.Problem(
        "This address listens to as many streams as it may. One of them has to end first.",
        statusCode: StatusCodes.Status429TooManyRequests, title: "Too many streams").ExecuteAsync(rejected.HttpContext));

    /// <inheritdoc/>
    public RateLimitPartition<string> GetPartition(HttpContext httpContext) => httpContext.HasAdminKey()
        ? RateLimitPartition.GetNoLimiter("")
        : RateLimitPartition.GetConcurrencyLimiter(
            RateLimitingExtensions.ClientOf(httpContext.Connection.RemoteIpAddress), _ => new ConcurrencyLimiterOptions { PermitLimit = options.Value.StreamsPerVisitor });
}
