using RedisAspire.ApiService.RateLimiting;

namespace RedisAspire.ApiService.Commands;

/// <summary><c>/api/nodes/{name}/commands/live</c>: what a node does, as it does it.</summary>
internal static class CommandEndpoints
{
    public static void AddCommands(this IServiceCollection services)
    {
        services.AddSingleton<CommandSamples>();
        services.AddSingleton<CommandSampler>().AddHostedService(provider => provider.GetRequiredService<CommandSampler>());
        services.AddSingleton<Func<string, CommandComposer>>(provider => node => ActivatorUtilities.CreateInstance<CommandComposer>(provider, node));
        services.AddSingleton<CommandFeed>().AddHostedService(provider => provider.GetRequiredService<CommandFeed>());
    }

    public static void MapCommandEndpoints(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/nodes/{name}/commands/live", WatchAsync)
            .WithTags("Nodes")
            .Describe("WatchCommands", "Streams what a node does as server-sent events, every second.",
                "`rates` has how often the node has run each command during the last second, whoever sent it. `commands` has commands that instances of this API have sent "
                + "to the node for look-ups, changes and its console, a sample when there are many, and the keys whose changes the node pushes, whoever made them. "
                + "Changes of the application's own keys (`app:`) are left out. `MONITOR` is not used: it would slow the node down for everybody.")
            .Produces<string>(contentType: "text/event-stream")
            .ProducesProblems(404, 429, 503)
            .RequireRateLimiting(StreamLimit.Policy);

    private static async Task<IResult> WatchAsync(string name, CommandFeed feed, HttpContext context) => feed.Of(name) is { } node
        ? await node.AnswerAsync(context)
        : Answers.Problem(404, "There is no Redis node of this name.");
}
