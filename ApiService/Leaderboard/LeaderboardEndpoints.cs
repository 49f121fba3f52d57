using System.ComponentModel.DataAnnotations;

namespace RedisAspire.ApiService.Leaderboard;

/// <summary><c>/api/leaderboard</c>: the most requested keys, in a sorted set.</summary>
internal static class LeaderboardEndpoints
{
    private const int MaximumLimit = 100;

    public static IServiceCollection AddLeaderboard(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LeaderboardOptions>()
            .Bind(configuration.GetSection("Leaderboard"))
            .Validate(
                options => options is { MaximumWaiting: > 0, MaximumKeys: > 0 } && options.FlushInterval > TimeSpan.Zero && options.DayLifetime >= TimeSpan.FromDays(1),
                "Leaderboard: its numbers must be positive, and DayLifetime must not be shorter than a day.")
            .ValidateOnStart();
        services.AddApplicationStore();
        services.AddSingleton<RequestTally>();
        services.AddSingleton<LeaderboardStore>();
        services.AddHostedService<LeaderboardWriter>();
        return services;
    }

    public static void MapLeaderboardEndpoints(this IEndpointRouteBuilder routes)
    {
        var leaderboard = routes.MapGroup("/api/leaderboard").WithTags("Leaderboard").ProducesProblem(StatusCodes.Status503ServiceUnavailable);

        leaderboard.MapGet("", GetAsync)
            .WithName("GetLeaderboard")
            .WithSummary("Lists the most requested keys of /data, of today (UTC) or of all time.")
            .WithDescription($"`limit` is 1 to {MaximumLimit}, 10 if not given; `window` is `today` or `all`, `all` if not given. Requests are counted within a second.")
            .ProducesValidationProblem()
            .WithResponseExample(new LeaderboardResponse(
                "all", "redis-replica-1", [new LeaderboardEntry(1, "foo", 1_204), new LeaderboardEntry(2, "bar", 311)]));

        leaderboard.MapDelete("", ClearAsync)
            .WithName("ClearLeaderboard")
            .WithSummary("Clears the leaderboards of today and of all time.")
            .RequireAdminKey();
    }

    private static async Task<Ok<LeaderboardResponse>> GetAsync(
        LeaderboardStore store,
        CancellationToken cancellationToken,
        [Range(1, MaximumLimit, ErrorMessage = "The limit is a number from 1 to 100.")] int limit = 10,
        [AllowedValues("today", "all", ErrorMessage = "The window is 'today' or 'all'.")] string window = "all")
    {
        var answer = await store.GetAsync(window == "today", limit, cancellationToken);
        var items = answer.Value.Select((entry, i) => new LeaderboardEntry(i + 1, entry.Element!, (long)entry.Score));
        return TypedResults.Ok(new LeaderboardResponse(window, answer.Node, [.. items]));
    }

    private static async Task<NoContent> ClearAsync(LeaderboardStore store, CancellationToken cancellationToken)
    {
        await store.ClearAsync(cancellationToken);
        return TypedResults.NoContent();
    }
}
