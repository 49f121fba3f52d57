using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace RedisAspire.ApiService.History;

/// <summary><c>/api/history</c>: the latest look-ups of all instances.</summary>
internal static class HistoryEndpoints
{
    private const int DefaultLimit = 50;
    private const int MaximumLimit = 500;

    private static HistoryEntryResponse Example { get; } =
        new("1773480413123-0", new DateTimeOffset(2026, 3, 14, 9, 26, 53, 123, TimeSpan.Zero), "foo", "near", 0.004, "redis-replica-1", "web-01-4711-3fa9");

    public static void AddHistory(this IServiceCollection services)
    {
        services.AddSingleton<LookupHistory>();
        services.AddSingleton<LookupRecorder>().AddHostedService(provider => provider.GetRequiredService<LookupRecorder>());
    }

    public static void MapHistoryEndpoints(this IEndpointRouteBuilder routes)
    {
        var history = routes.MapGroup("/api/history").WithTags("History");

        history.MapGet("", GetAsync)
            .Describe("GetHistory", "Lists the latest look-ups of all instances, the latest first.",
                "About a thousand are kept. Look-ups appear a quarter of a second after they were answered.")
            .ProducesValidationProblem()
            .ProducesProblems(503)
            .WithResponseExample(new HistoryPage("redis-replica-1", [Example], "1773480413123-0"));

        history.MapDelete("", (LookupHistory history, CancellationToken cancellationToken) => Answers.NoContentAfterAsync(history.ClearAsync(cancellationToken)))
            .Describe("ClearHistory", "Removes all look-ups from the history.")
            .ProducesProblems(503)
            .RequireAdminKey();
    }

    private static Task<HistoryPage> GetAsync(
        LookupHistory history,
        CancellationToken cancellationToken,
        [Description("How many look-ups to list: 1 to 500."), Range(1, MaximumLimit, ErrorMessage = "A page has 1 to 500 look-ups.")] int limit = DefaultLimit,
        [Description("The `next` of the page before."), StreamCursor] string? cursor = null) => history.ReadAsync(limit, cursor, cancellationToken);
}
