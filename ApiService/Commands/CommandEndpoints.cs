using RedisAspire.ApiService.RateLimiting;

namespace RedisAspire.ApiService.Commands;

/// <summary><c>/api/nodes/{name}/commands/live</c>: what a node does, as it does it.</summary>
internal static class CommandEndpoints
{
    public static IServiceCollection AddCommands(this IServiceCollection services)
    {
        services.AddSingleton<CommandSamples>();
        services.AddSingleton<CommandSampler>();
        services.AddHostedService(provider => provider.GetRequiredService<CommandSampler>());
        services.AddSingleton<Func<string, CommandComposer>>(provider => node => ActivatorUtilities.CreateInstance<CommandComposer>(provider, node));
        services.AddSingleton<CommandFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<CommandFeed>());
        return services;
    }

    public static void MapCommandEndpoints(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/nodes/{name}/commands/live", WatchAsync)
            .WithTags("Nodes")
            .WithName("WatchCommands")
            .WithSummary("Streams what a node does as server-sent events, every second.")
            .WithDescription(
                "`rates` has how often the node has run each command during the last second, whoever sent it. `commands` has commands that instances of this API have sent "
                + "to the node for look-ups, changes and its console, a sample when there are many, and the keys whose changes the node pushes, whoever made them. "
                + "Changes of the application's own keys (`app:`) are left out. `MONITOR` is not used: it would slow the node down for everybody.")
            .Produces<string>(contentType: "text/event-stream")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .RequireRateLimiting(StreamLimit.Policy);

    private static async Task<IResult> WatchAsync(string name, CommandFeed feed, HttpContext context) => feed.Of(name) is { } node
        ? await node.AnswerAsync(context)
        : TypedResults.Problem("There is no Redis node of this name.", statusCode: StatusCodes.Status404NotFound);
}
