using RedisAspire.ApiService.RateLimiting;

namespace RedisAspire.ApiService.Events;

/// <summary><c>/api/events</c>: the state of nodes and cache as a stream, without polling.</summary>
internal static class EventEndpoints
{
    public static IServiceCollection AddEvents(this IServiceCollection services)
    {
        services.AddSingleton<TopologyLog>();
        services.AddHostedService(provider => provider.GetRequiredService<TopologyLog>());
        services.AddSingleton<EventComposer>();
        services.AddSingleton<EventFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<EventFeed>());
        return services;
    }

    public static void MapEventEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/events", (EventFeed feed, HttpContext context) => feed.Broadcast.AnswerAsync(context))
            .WithTags("Events")
            .WithName("GetEvents")
            .WithSummary("Streams nodes, statistics, look-ups and changes of the topology as server-sent events: the present state at once, then every second.")
            .WithDescription(
                "`nodes` is the answer of /api/nodes and `stats` that of /api/cache/stats, every second. `history` has the look-ups and `topology` the changes "
                + "of the nodes since the event before: at first the latest ones, and after that only when there are any. `sentinels` is the answer of "
                + "/api/sentinels, at first and whenever it changes.")
            .Produces<string>(contentType: "text/event-stream")
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .RequireRateLimiting(StreamLimit.Policy);

        routes.MapGet("/api/nodes/changes", GetChanges)
            .WithTags("Nodes")
            .WithName("GetNodeChanges")
            .WithSummary("Lists the last hundred changes of the Redis nodes that this instance has seen, the oldest first: up, down, another role, another master.")
            .WithResponseExample(new[]
            {
                new TopologyChangeResponse(8, new DateTimeOffset(2026, 3, 14, 9, 26, 53, TimeSpan.Zero), "down", "redis-master", "master", null, "Connection refused"),
                new TopologyChangeResponse(9, new DateTimeOffset(2026, 3, 14, 9, 26, 58, TimeSpan.Zero), "master", "redis-replica-1", "master", "redis-master", null),
            });
    }

    private static Ok<IReadOnlyList<TopologyChangeResponse>> GetChanges(TopologyLog log) => TypedResults.Ok(log.Changes);
}
