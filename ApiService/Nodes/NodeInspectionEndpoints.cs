using Microsoft.AspNetCore.Http.HttpResults;
using RedisAspire.ApiService.Admin;
using RedisAspire.ApiService.OpenApi;
using RedisAspire.ApiService.Problems;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Nodes;

/// <summary><c>/api/nodes/{name}</c>: a look into one node, replicas as well as masters.</summary>
internal static class NodeInspectionEndpoints
{
    private const int DefaultLimit = 20;
    private const int MaximumLimit = 1000;

    public static void MapNodeInspectionEndpoints(this IEndpointRouteBuilder nodes)
    {
        var node = nodes.MapGroup("/{name}").AddEndpointFilter(RejectUnknownNames);

        node.MapGet("", GetNode)
            .WithName("GetNode")
            .WithSummary("Shows one Redis node with all that it tells of itself, as last seen; also when it is down.")
            .WithResponseExample(NodeExamples.ReplicaWithInfo)
            .ProducesProblem(StatusCodes.Status404NotFound);

        node.MapGet("/slowlog", (string name, RedisInspector inspector, CancellationToken cancellationToken, int limit = DefaultLimit) =>
                ListAsync(limit, () => inspector.SlowCommandsAsync(name, limit, cancellationToken), NodeMapping.ToContract))
            .Describe("GetSlowCommands", "Lists the commands in the node's slow log, the last one first.", NodeExamples.SlowCommands)
            .RequireAdminKey();

        node.MapGet("/commands", (string name, RedisInspector inspector, CancellationToken cancellationToken, int limit = DefaultLimit) =>
                ListAsync(limit, () => inspector.CommandsAsync(name, limit, cancellationToken), NodeMapping.ToContract))
            .Describe("GetCommands", "Lists the commands that have cost the node most time since it started.", NodeExamples.Commands);

        node.MapGet("/clients", (string name, RedisInspector inspector, CancellationToken cancellationToken, int limit = DefaultLimit) =>
                ListAsync(limit, () => inspector.ClientsAsync(name, limit, cancellationToken), NodeMapping.ToContract))
            .Describe("GetClients", "Lists the node's connections, those that were active last first.", NodeExamples.Clients)
            .RequireAdminKey();

        node.MapGet("/config", GetSettingsAsync)
            .WithName("GetSettings")
            .WithSummary("Shows those of the node's settings that are no secret: no passwords, no paths.")
            .WithResponseExample(NodeExamples.Settings)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .RequireAdminKey();
    }

    private static RouteHandlerBuilder Describe(this RouteHandlerBuilder list, string name, string summary, object example) => list
        .WithName(name)
        .WithSummary(summary)
        .WithDescription($"`limit` is the most that is listed: 1 to {MaximumLimit}, {DefaultLimit} without.")
        .WithResponseExample(example)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async ValueTask<object?> RejectUnknownNames(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var name = context.GetArgument<string>(0);
        var topology = context.HttpContext.RequestServices.GetRequiredService<RedisTopology>();
        return topology.Snapshot.Nodes.Any(node => node.Name == name)
            ? await next(context)
            : TypedResults.Problem("There is no Redis node of this name.", statusCode: StatusCodes.Status404NotFound);
    }

    private static Ok<NodeResponse> GetNode(string name, RedisTopology topology)
    {
        var snapshot = topology.Snapshot;
        return TypedResults.Ok(snapshot.Nodes.First(node => node.Name == name).ToResponseWithInfo(snapshot));
    }

    private static async Task<Ok<IReadOnlyDictionary<string, string>>> GetSettingsAsync(
        string name, RedisInspector inspector, CancellationToken cancellationToken) =>
        TypedResults.Ok(await inspector.SettingsAsync(name, cancellationToken));

    private static async Task<Results<Ok<IReadOnlyList<T>>, ValidationProblem>> ListAsync<TItem, T>(
        int limit, Func<Task<IReadOnlyList<TItem>>> list, Func<TItem, T> toContract) =>
        limit is >= 1 and <= MaximumLimit
            ? TypedResults.Ok<IReadOnlyList<T>>([.. (await list()).Select(toContract)])
            : Invalid.Parameter("limit", $"A limit is a whole number from 1 to {MaximumLimit}.");
}
