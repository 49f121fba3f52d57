using System.ComponentModel.DataAnnotations;

namespace RedisAspire.ApiService.Leaderboard;

/// <summary><c>/api/leaderboard</c>: the most requested keys, in a sorted set.</summary>
internal static class LeaderboardEndpoints
{
    private const int MaximumLimit = 100;

    public static void AddLeaderboard(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<LeaderboardOptions>()
            .BindConfiguration("Leaderboard")
            .Validate(
                options => options is { MaximumWaiting: > 0, MaximumKeys: > 0 } && options.FlushInterval > TimeSpan.Zero && options.DayLifetime >= TimeSpan.FromDays(1),
                "Leaderboard: its numbers must be positive, and DayLifetime must not be shorter than a day.");
        services.AddSingleton<RequestTally>();
        services.AddSingleton<LeaderboardStore>();
        services.AddHostedService<LeaderboardWriter>();
    }

    public static void MapLeaderboardEndpoints(this IEndpointRouteBuilder routes)
    {
        var leaderboard = routes.MapGroup("/api/leaderboard").WithTags("Leaderboard").ProducesProblems(503);

        leaderboard.MapGet("", GetAsync)
            .Describe("GetLeaderboard", "Lists the most requested keys of /data, of today (UTC) or of all time.",
                $"`limit` is 1 to {MaximumLimit}, 10 if not given; `window` is `today` or `all`, `all` if not given. Requests are counted within a second.")
            .ProducesValidationProblem()
            .WithResponseExample(new LeaderboardResponse(
                "all", "redis-replica-1", [new LeaderboardEntry(1, "foo", 1_204), new LeaderboardEntry(2, "bar", 311)]));

        leaderboard.MapDelete("", (LeaderboardStore store, CancellationToken cancellationToken) => Answers.NoContentAfterAsync(store.ClearAsync(cancellationToken)))
            .Describe("ClearLeaderboard", "Clears the leaderboards of today and of all time.")
            .RequireAdminKey();
    }

    private static Task<LeaderboardResponse> GetAsync(
        LeaderboardStore store,
        CancellationToken cancellationToken,
        [Range(1, MaximumLimit, ErrorMessage = "The limit is a number from 1 to 100.")] int limit = 10,
        [AllowedValues("today", "all", ErrorMessage = "The window is 'today' or 'all'.")] string window = "all") => store.GetAsync(window, limit, cancellationToken);
}
