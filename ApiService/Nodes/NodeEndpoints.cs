using System.ComponentModel.DataAnnotations;
using RedisAspire.ApiService.Tracing;

namespace RedisAspire.ApiService.Nodes;

/// <summary><c>/api/nodes</c> and <c>/api/sentinels</c>: the state of the Redis nodes and of the sentinels, and manual failover.</summary>
internal static class NodeEndpoints
{
    private const int DefaultLimit = 20;
    private const int MaximumLimit = 1000;
    private const string LimitRule = "A limit is a whole number from 1 to 1000.";

    public static void MapNodeEndpoints(this IEndpointRouteBuilder routes)
    {
        var nodes = routes.MapGroup("/api/nodes").WithTags("Nodes");

        nodes.MapGet("", (RedisTopology topology) => topology.Snapshot.ToResponses())
            .Describe("GetNodes", "Lists every Redis node with its role, state and replication lag, as of the last poll.")
            .WithResponseExample(new[] { NodeExamples.Master, NodeExamples.Replica });

        MapInspection(nodes);

        nodes.MapPost("/{name}/promote", PromoteAsync)
            .Describe("PromoteNode", "Makes a replica the master: through the sentinels if there are any, else by reconfiguring every node.",
                $"Answers when writes go to the node, after {RedisFailover.MaximumDuration.TotalSeconds} seconds at the latest. With sentinels it often takes ten, because they must learn first that it is "
                + "preferred. With `Accept: text/event-stream` the answer is a stream of server-sent events: `progress` every second, then `result` or `failed`.")
            .ProducesValidationProblem()
            .ProducesProblems(404, 409, 503)
            .WithResponseExample(NodeExamples.Master)
            .RequireAdminKey();

        routes.MapGet("/api/sentinels", (RedisTopology topology) => topology.SentinelStatuses.Select(NodeMapping.ToContract).ToArray())
            .WithTags("Nodes")
            .Describe("GetSentinels", "Lists every sentinel with the node that it regards as the master, as of the last poll; none without sentinels.")
            .WithResponseExample(NodeExamples.Sentinels);
    }

    private static async Task<Results<Ok<NodeResponse>, ProblemHttpResult, ServerSentEventsResult<object>>> PromoteAsync(
        string name, [AsParameters] TraceQuery query, NodePromotion promotion, RequestTracing tracing, HttpRequest request, CancellationToken cancellationToken)
    {
        var trace = tracing.Begin(query);
        if (request.GetTypedHeaders().Accept.Any(range => range.MediaType.Equals(NodePromotion.EventStream, StringComparison.OrdinalIgnoreCase) && range.Quality != 0))
            return promotion.StreamAsync(name, trace, cancellationToken).ToAnswer(cancellationToken);

        var (node, problem) = await promotion.PromoteAsync(name, trace, cancellationToken);
        return problem is null ? TypedResults.Ok(node) : TypedResults.Problem(problem);
    }

    private static void MapInspection(IEndpointRouteBuilder nodes)
    {
        var node = nodes.MapGroup("/{name}").AddEndpointFilter(RejectUnknownNames);

        node.MapGet("", GetNode)
            .Describe("GetNode", "Shows one Redis node with its INFO, as of the last poll; also when it is down.")
            .WithResponseExample(NodeExamples.ReplicaWithInfo)
            .ProducesProblems(404);

        MapList(
            "/slowlog", "GetSlowCommands", "Lists the commands in the node's slow log, the last one first.", NodeExamples.SlowCommands,
            static (inspector, name, limit, cancellationToken) => inspector.SlowCommandsAsync(name, limit, cancellationToken), NodeMapping.ToContract).RequireAdminKey();
        MapList(
            "/commands", "GetCommands", "Lists the commands that have cost the node most time since it started.", NodeExamples.Commands,
            static (inspector, name, limit, cancellationToken) => inspector.CommandsAsync(name, limit, cancellationToken), NodeMapping.ToContract);
        MapList(
            "/clients", "GetClients", "Lists the node's connections, the most recently active first.", NodeExamples.Clients,
            static (inspector, name, limit, cancellationToken) => inspector.ClientsAsync(name, limit, cancellationToken), NodeMapping.ToContract).RequireAdminKey();

        node.MapGet("/config", (string name, RedisInspector inspector, CancellationToken cancellationToken) => inspector.SettingsAsync(name, cancellationToken))
            .Describe("GetSettings", "Shows the node's settings, without passwords and paths.")
            .WithResponseExample(NodeExamples.Settings)
            .ProducesProblems(404, 503)
            .RequireAdminKey();

        RouteHandlerBuilder MapList<TItem, T>(
            string path, string operation, string summary, T[] example, Func<RedisInspector, string, int, CancellationToken, Task<IReadOnlyList<TItem>>> read, Func<TItem, T> toContract) => node
            .MapGet(path, async (string name, RedisInspector inspector, CancellationToken cancellationToken, [Range(1, MaximumLimit, ErrorMessage = LimitRule)] int limit = DefaultLimit) =>
                (await read(inspector, name, limit, cancellationToken)).Select(toContract).ToArray())
            .Describe(operation, summary, $"`limit` is the most that is listed: 1 to {MaximumLimit}, {DefaultLimit} without.")
            .WithResponseExample(example)
            .ProducesValidationProblem()
            .ProducesProblems(404, 503);
    }

    private static async ValueTask<object?> RejectUnknownNames(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var name = context.GetArgument<string>(0);
        var topology = context.HttpContext.RequestServices.GetRequiredService<RedisTopology>();
        return topology.Snapshot.Nodes.Any(node => node.Name == name)
            ? await next(context)
            : Answers.Problem(404, "There is no Redis node of this name.");
    }

    private static NodeResponse GetNode(string name, RedisTopology topology)
    {
        var snapshot = topology.Snapshot;
        return snapshot.Nodes.First(node => node.Name == name).ToResponseWithInfo(snapshot);
    }
}
