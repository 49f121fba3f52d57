using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using RedisAspire.ApiService.Admin;

namespace RedisAspire.ApiService.RateLimiting;

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
