using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using RedisAspire.Web.Api;

namespace RedisAspire.Web.Operators;

/// <summary>Lets a visitor join the class with a name. A cookie remembers who it is; it gives no right but to the name.</summary>
internal static class LearnerLogin
{
    /// <summary>The query parameter with the reason why somebody could not join.</summary>
    public const string FailureParameter = "join";

    private const string Cookie = "redisaspire-learner";
    private const string Page = "/class";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public static void MapLearnerLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/join", ([FromForm] string? name, HttpContext context, ClassroomClient classroom, CancellationToken cancellationToken) => JoinAsync(name, context, classroom, cancellationToken));
        routes.MapPost("/leave", LeaveAsync);
    }

    /// <summary>The learner who sends a request, as the cookie says.</summary>
    public static (string Name, DateTimeOffset JoinedAt)? LearnerOf(this HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is not { } cookie)
            return null;
        try
        {
            var parts = ProtectorOf(context).Unprotect(cookie).Split(' ', 2);
            return (parts[1], new DateTimeOffset(long.Parse(parts[0], CultureInfo.InvariantCulture), TimeSpan.Zero));
        }
        catch (CryptographicException)
        {
            // It is from another application or run.
            return null;
        }
    }

    private static async Task<RedirectHttpResult> JoinAsync(string? name, HttpContext context, ClassroomClient classroom, CancellationToken cancellationToken)
    {
        if (!classroom.IsOpen)
            return TypedResults.LocalRedirect(Page);
        name = name?.Trim() ?? "";
        try
        {
            var learner = await classroom.JoinAsync(name, cancellationToken);
            var value = ProtectorOf(context).Protect(string.Create(CultureInfo.InvariantCulture, $"{learner.JoinedAt.UtcTicks} {learner.Name}"));
            context.Response.Cookies.Append(Cookie, value, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, MaxAge = Lifetime, IsEssential = true });
            await classroom.GetAsync(isFresh: true);
            return TypedResults.LocalRedirect(Page);
        }
        catch (CacheApiException refusal)
        {
            var reason = refusal.Status switch { HttpStatusCode.Conflict => "taken", HttpStatusCode.BadRequest => "invalid", _ => "failed" };
            return TypedResults.LocalRedirect($"{Page}?{FailureParameter}={reason}&name={Uri.EscapeDataString(name)}");
        }
    }

    private static async Task<RedirectHttpResult> LeaveAsync([FromForm] string? returnUrl, HttpContext context, ClassroomClient classroom, CancellationToken cancellationToken)
    {
        if (context.LearnerOf() is { } learner)
        {
            try
            {
                if (await classroom.FindAsync(learner.Name, learner.JoinedAt) is not null)
                    await classroom.RemoveAsync(learner.Name, cancellationToken);
            }
            catch (CacheApiException)
            {
                // The teacher can remove the name later.
            }
        }

        context.Response.Cookies.Delete(Cookie);
        return TypedResults.LocalRedirect(LocalAddress.Of(returnUrl));
    }

    private static IDataProtector ProtectorOf(HttpContext context) => context.RequestServices.GetRequiredService<IDataProtectionProvider>().CreateProtector(Cookie);
}
