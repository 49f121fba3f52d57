using RedisAspire.ApiService.RateLimiting;

namespace RedisAspire.ApiService.Events;

/// <summary><c>/api/events</c>: the state of nodes and cache as a stream, without polling.</summary>
internal static class EventEndpoints
{
    public static void AddEvents(this IServiceCollection services)
    {
        services.AddSingleton<TopologyLog>().AddHostedService(provider => provider.GetRequiredService<TopologyLog>());
        services.AddSingleton<EventComposer>();
        services.AddSingleton<EventFeed>().AddHostedService(provider => provider.GetRequiredService<EventFeed>());
    }

    public static void MapEventEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/events", (EventFeed feed, HttpContext context) => feed.Broadcast.AnswerAsync(context))
            .WithTags("Events")
            .Describe("GetEvents", "Streams nodes, statistics, look-ups and changes of the topology as server-sent events: the present state at once, then every second.",
                "`nodes` is the answer of /api/nodes and `stats` that of /api/cache/stats, every second. `history` has the look-ups and `topology` the changes "
                + "of the nodes since the event before: at first the latest ones, and after that only when there are any. `sentinels` is the answer of "
                + "/api/sentinels, at first and whenever it changes.")
            .Produces<string>(contentType: "text/event-stream")
            .ProducesProblems(429, 503)
            .RequireRateLimiting(StreamLimit.Policy);

        routes.MapGet("/api/nodes/changes", (TopologyLog log) => log.Changes)
            .WithTags("Nodes")
            .Describe("GetNodeChanges", "Lists the last hundred changes of the Redis nodes that this instance has seen, the oldest first: up, down, another role, another master.")
            .WithResponseExample(new[]
            {
                new TopologyChangeResponse(8, new DateTimeOffset(2026, 3, 14, 9, 26, 53, TimeSpan.Zero), "down", "redis-master", "master", null, "Connection refused"),
                new TopologyChangeResponse(9, new DateTimeOffset(2026, 3, 14, 9, 26, 58, TimeSpan.Zero), "master", "redis-replica-1", "master", "redis-master", null),
            });
    }
}
