using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using RedisAspire.ServiceDefaults;

namespace RedisAspire.Web.Operators;

/// <summary>
/// Logs a visitor in as an operator by the token, which comes in the link <c>/login?t=…</c> or from the form of the page. A
/// cookie keeps the login for twelve hours, or until the token changes.
/// </summary>
internal static class OperatorLogin
{
    /// <summary>The query parameter with the reason why a login has failed.</summary>
    public const string FailureParameter = "login";

    /// <summary>The value when the token was wrong.</summary>
    public const string Wrong = "wrong";

    /// <summary>The value when too many wrong tokens came from the same address.</summary>
    public const string TooOften = "too-often";

    private const string Path = "/login";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public static IServiceCollection AddOperators(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<OperatorOptions>(configuration.GetSection("Operator"));
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
        services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme).Configure<IOptions<OperatorOptions>>((cookie, options) =>
        {
            var token = FingerprintOf(options.Value.Token);
            // The name depends on the token, because a browser sends a cookie to all ports of a host and another application may run there.
            cookie.Cookie.Name = $"redisaspire-operator-{token}";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Strict;
            cookie.ExpireTimeSpan = Lifetime;
            cookie.Events.OnValidatePrincipal = context =>
            {
                if (context.Principal?.FindFirstValue(ClaimTypes.NameIdentifier) != token)
                    context.RejectPrincipal();
                return Task.CompletedTask;
            };
        });
        return services.AddSingleton<WrongTokens>();
    }

    public static void MapOperatorLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (string? t, string? returnUrl, HttpContext context) => LogInAsync(t, returnUrl, context));
        routes.MapPost(Path, ([FromForm] string? token, [FromForm] string? returnUrl, HttpContext context) => LogInAsync(token, returnUrl, context));
        routes.MapPost("/logout", async ([FromForm] string? returnUrl, HttpContext context) =>
        {
            await context.SignOutAsync();
            return TypedResults.LocalRedirect(LocalAddress.Of(returnUrl));
        });
    }

    /// <summary>Whether a request comes from an operator.</summary>
    public static bool IsOperator(this HttpContext context) =>
        context.RequestServices.GetRequiredService<IOptions<OperatorOptions>>().Value.Open || context.User.Identity is { IsAuthenticated: true };

    private static async Task<RedirectHttpResult> LogInAsync(string? token, string? returnUrl, HttpContext context)
    {
        var back = LocalAddress.Of(returnUrl);
        var expected = context.RequestServices.GetRequiredService<IOptions<OperatorOptions>>().Value.Token;
        var wrongTokens = context.RequestServices.GetRequiredService<WrongTokens>();
        // After too many wrong tokens even the right one is refused, so that it cannot be guessed.
        if (wrongTokens.AreTooMany(context))
            return Failed(TooOften);
        if (!new Secret(expected).Matches(token))
        {
            wrongTokens.Count(context);
            return Failed(Wrong);
        }

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, FingerprintOf(expected))], CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(new ClaimsPrincipal(identity));
        return TypedResults.LocalRedirect(back);

        RedirectHttpResult Failed(string why) => TypedResults.LocalRedirect($"{back}{(back.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{FailureParameter}={why}");
    }

    private static string FingerprintOf(string? token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token ?? "")))[..8];

    /// <summary>Counts the wrong tokens that come from each address.</summary>
    private sealed class WrongTokens : IDisposable
    {
        private const int PerMinute = 20;

        private readonly PartitionedRateLimiter<HttpContext> _limiter = PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetFixedWindowLimiter(
            VisitorAddress.Of(context) ?? "", _ => new FixedWindowRateLimiterOptions { PermitLimit = PerMinute, Window = TimeSpan.FromMinutes(1) }));

        public bool AreTooMany(HttpContext context) => _limiter.GetStatistics(context)?.CurrentAvailablePermits <= 0;

        public void Count(HttpContext context) => _limiter.AttemptAcquire(context).Dispose();

        public void Dispose() => _limiter.Dispose();
    }
}

/// <summary>The section <c>Operator</c> of the configuration: who may change and break things. Everybody may view the pages.</summary>
internal sealed class OperatorOptions
{
    /// <summary>The token that an operator logs in with. Without a token there are no operators, unless <see cref="Open"/> is set.</summary>
    public string? Token { get; set; }

    /// <summary>Whether every visitor is an operator, as in a classroom.</summary>
    public bool Open { get; set; }
}
