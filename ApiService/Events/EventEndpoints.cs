using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using RedisAspire.ApiService.OpenApi;
using RedisAspire.ApiService.RateLimiting;
using RedisAspire.ServiceDefaults;

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
        routes.MapGet("/api/events", GetAsync)
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

    private static async Task<IResult> GetAsync(EventFeed feed, IHostApplicationLifetime lifetime, HttpContext context)
    {
        var response = context.Response;
        if (feed.IsFull)
        {
            response.Headers.RetryAfter = "10";
            return TypedResults.Problem("The API has as many event streams as it can serve.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        // The stream has no end, so HEAD cannot be answered by running it.
        if (context.IsHead())
            return TypedResults.Empty;
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();

        // The server waits for its requests when it stops, and the stream does not end by itself.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await foreach (var events in feed.ListenAsync(end.Token))
            {
                await response.Body.WriteAsync(events, end.Token);
                await response.Body.FlushAsync(end.Token);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client has disconnected, or the service is stopping.
        }

        return TypedResults.Empty;
    }

    private static Ok<IReadOnlyList<TopologyChangeResponse>> GetChanges(TopologyLog log) => TypedResults.Ok(log.Changes);
}
