using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using RedisAspire.ServiceDefaults;

namespace RedisAspire.ApiService.RateLimiting;

/// <summary>Limits the requests of one client to all instances together.</summary>
internal static class RateLimitingExtensions
{
    private static readonly string[] Unlimited = ["/health", "/alive"];

    public static IServiceCollection AddSharedRateLimiting(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RateLimitOptions>()
            .Bind(configuration.GetSection("RateLimit"))
            .Validate(
                options => options is { PermitLimit: null or > 0, Chunk: > 0, CreationsPerMinute: null or > 0, StreamsPerVisitor: > 0 },
                "RateLimit:PermitLimit, RateLimit:Chunk, RateLimit:CreationsPerMinute and RateLimit:StreamsPerVisitor must be positive.")
            .Validate(
                options => options.Window > TimeSpan.Zero && options.LeaseTimeout > TimeSpan.Zero && options.OpenAfterFailure >= TimeSpan.Zero,
                "RateLimit:Window and RateLimit:LeaseTimeout must be positive.")
            .ValidateOnStart();
        services.AddSingleton<PermitLender>();
        services.AddSingleton<RateLimitState>();
        services.AddSingleton<VisitorLimits>();
        services.AddVisitorAddress(configuration);

        services.AddRateLimiter(limiter => limiter.AddPolicy<string, StreamLimit>(StreamLimit.Policy));
        services.AddOptions<RateLimiterOptions>().Configure<PermitLender, IOptions<RateLimitOptions>, TimeProvider>((limiter, lender, options, time) =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = RefuseAsync;
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
                options.Value.PermitLimit is null || IsUnlimited(context.Request.Path)
                    ? RateLimitPartition.GetNoLimiter("")
                    : RateLimitPartition.Get(
                        ClientOf(context.Connection.RemoteIpAddress), client => new SharedWindowLimiter(client, lender, options.Value, time)));
        });
        return services;
    }

    /// <summary>Limits requests, and adds the rate limit headers to every answer.</summary>
    public static IApplicationBuilder UseSharedRateLimiting(this IApplicationBuilder app)
    {
        var state = app.ApplicationServices.GetRequiredService<RateLimitState>();
        return app.UseRateLimiter().Use((context, next) =>
        {
            state.WriteHeaders(context);
            return next(context);
        });
    }

    /// <summary>Whether requests of a path are never limited.</summary>
    public static bool IsUnlimited(PathString path) => Unlimited.Contains(path.Value, StringComparer.OrdinalIgnoreCase);

    /// <summary>The client of an address: the IPv4 address, or the /64 network of an IPv6 address, which one customer has.</summary>
    public static string ClientOf(IPAddress? address)
    {
        if (address is null)
            return "unknown";
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4().ToString();
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address))
            return address.ToString();

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }

    /// <summary>The value of <c>Retry-After</c> for a refusal: full seconds, at least one.</summary>
    public static string SecondsUntilNext(RateLimitLease refusal) =>
        (refusal.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : 1).ToString(CultureInfo.InvariantCulture);

    private static async ValueTask RefuseAsync(OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        var context = rejected.HttpContext;
        context.RequestServices.GetRequiredService<RateLimitState>().WriteHeaders(context);
        context.Response.Headers.RetryAfter = SecondsUntilNext(rejected.Lease);
        await TypedResults.Problem(
            "Requests are rate-limited per client address. Retry-After has the seconds until the next window.",
            statusCode: StatusCodes.Status429TooManyRequests, title: "Too many requests").ExecuteAsync(context);
    }
}
