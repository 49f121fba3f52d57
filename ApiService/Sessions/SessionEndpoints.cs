using System.Security.Cryptography;
using System.Text;
using RedisAspire.ApiService.RateLimiting;

namespace RedisAspire.ApiService.Sessions;

/// <summary><c>/api/session</c>: the session of a visitor, shared by all instances.</summary>
internal static class SessionEndpoints
{
    public const string Path = "/api/session";

    private const int MaximumValues = 20;
    private const int MaximumLength = 1000;
    private const string Since = "since";
    private const string Visits = "visits";
    private const string ValuePrefix = "value:";

    public static void MapSessionEndpoints(this IEndpointRouteBuilder routes)
    {
        var session = routes.MapGroup(Path).WithTags("Session")
            .ProducesProblems(429, 503);
        var example = new SessionResponse(
            "3f9a1c0b7d24", new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero), 3, new Dictionary<string, string>(StringComparer.Ordinal) { ["colour"] = "red" }, "web-1-5d02c7");

        session.MapGet("", GetAsync)
            .Describe("GetSession", "Shows the visitor's session, and counts the visit. A new visitor gets a session and its cookie.",
                $"A session ends {SessionExtensions.IdleTimeout.TotalMinutes} minutes after it was last used.")
            .WithResponseExample(example);

        session.MapPut("/{name}", PutAsync)
            .Describe("PutSessionValue", "Puts a value into the visitor's session.", $"There may be {MaximumValues} values of {MaximumLength} characters.")
            .ProducesValidationProblem()
            .ProducesProblems(409)
            .AcceptsBody(new SessionValueRequest("red"))
            .WithResponseExample(example);

        session.MapDelete("", ClearAsync)
            .Describe("DeleteSession", "Removes the visitor's session and its cookie.");
    }

    private static async Task<Results<Ok<SessionResponse>, ProblemHttpResult>> GetAsync(
        HttpContext context, RedisMaster master, ServiceInstance instance, VisitorLimits limits, TimeProvider time, CancellationToken cancellationToken)
    {
        var session = context.Session;
        if (await OpenAsync(context, limits, time, cancellationToken) is { } refusal)
            return refusal;

        session.SetInt32(Visits, (session.GetInt32(Visits) ?? 0) + 1);
        await SaveAsync(session, master, cancellationToken);
        return TypedResults.Ok(Describe(session, instance));
    }

    private static async Task<Results<Ok<SessionResponse>, ProblemHttpResult>> PutAsync(
        [StoredName] string name, SessionValueRequest request, HttpContext context, RedisMaster master, ServiceInstance instance, VisitorLimits limits, TimeProvider time, CancellationToken cancellationToken)
    {
        var session = context.Session;
        if (await OpenAsync(context, limits, time, cancellationToken) is { } refusal)
            return refusal;

        var key = ValuePrefix + name;
        var others = session.Keys.Count(other => other != key && other.StartsWith(ValuePrefix, StringComparison.Ordinal));
        if (others >= MaximumValues)
            return Answers.Problem(409, $"The session has {MaximumValues} values already.");

        session.SetString(key, request.Value);
        await SaveAsync(session, master, cancellationToken);
        return TypedResults.Ok(Describe(session, instance));
    }

    private static async Task<NoContent> ClearAsync(
        HttpContext context, RedisMaster master, IOptions<SessionOptions> options, CancellationToken cancellationToken)
    {
        await context.Session.LoadAsync(cancellationToken);
        context.Session.Clear();
        await SaveAsync(context.Session, master, cancellationToken);
        context.Response.Cookies.Delete(options.Value.Cookie.Name!, options.Value.Cookie.Build(context));
        return TypedResults.NoContent();
    }

    // A new visitor gets a session, unless too many were created from the same address.
    private static async Task<ProblemHttpResult?> OpenAsync(HttpContext context, VisitorLimits limits, TimeProvider time, CancellationToken cancellationToken)
    {
        var session = context.Session;
        await session.LoadAsync(cancellationToken);
        if (session.GetString(Since) is not null)
            return null;
        if (limits.CountCreation(context) is { } refusal)
            return refusal;

        session.SetString(Since, time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        return null;
    }

    // The framework saves the session after the answer. It is saved before, because the visitor's next request may go to another instance.
    private static async Task SaveAsync(ISession session, RedisMaster master, CancellationToken cancellationToken)
    {
        await session.CommitAsync(cancellationToken);
        // The cache drops what it cannot write. The master is known to be down then, and this throws.
        _ = master.Database;
    }

    private static SessionResponse Describe(ISession session, ServiceInstance instance) => new(
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(session.Id)))[..12],
        DateTimeOffset.Parse(session.GetString(Since)!, CultureInfo.InvariantCulture),
        session.GetInt32(Visits) ?? 0,
        session.Keys.Where(key => key.StartsWith(ValuePrefix, StringComparison.Ordinal))
            .ToDictionary(key => key[ValuePrefix.Length..], key => session.GetString(key)!, StringComparer.Ordinal),
        instance.Name);
}
