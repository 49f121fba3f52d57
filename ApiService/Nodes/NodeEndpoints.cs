using System.ComponentModel.DataAnnotations;
using RedisAspire.ApiService.Tracing;

namespace RedisAspire.ApiService.Nodes;

/// <summary><c>/api/nodes</c>: the state of the Redis nodes, and manual failover.</summary>
internal static class NodeEndpoints
{
    public static void MapNodeEndpoints(this IEndpointRouteBuilder routes)
    {
        var nodes = routes.MapGroup("/api/nodes").WithTags("Nodes");

        nodes.MapGet("", GetNodes)
            .WithName("GetNodes")
            .WithSummary("Lists every Redis node with its role, state and replication lag, as of the last poll.")
            .WithResponseExample(new[] { NodeExamples.Master, NodeExamples.Replica });

        nodes.MapNodeInspectionEndpoints();

        nodes.MapPost("/{name}/promote", PromoteAsync)
            .WithName("PromoteNode")
            .WithSummary("Makes a replica the master: through the sentinels if there are any, else by reconfiguring every node.")
            .WithDescription(
                $"Answers when writes go to the node, after {RedisFailover.MaximumDuration.TotalSeconds} seconds at the latest. With sentinels it often takes ten, because they must learn first that it is "
                + "preferred. With `Accept: text/event-stream` the answer is a stream of server-sent events: `progress` every second, then `result` or `failed`.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithResponseExample(NodeExamples.Master)
            .RequireAdminKey();
    }

    private static Ok<NodeResponse[]> GetNodes(RedisTopology topology) => TypedResults.Ok(topology.Snapshot.ToResponses());

    private static async Task<Results<Ok<NodeResponse>, ProblemHttpResult, ServerSentEventsResult<object>>> PromoteAsync(
        string name, [AsParameters] TraceQuery query, NodePromotion promotion, RequestTracing tracing, HttpRequest request, CancellationToken cancellationToken)
    {
        var trace = tracing.Begin(query);
        if (request.GetTypedHeaders().Accept.Any(range => range.MediaType.Equals(NodePromotion.EventStream, StringComparison.OrdinalIgnoreCase) && range.Quality != 0))
            return TypedResults.ServerSentEvents(promotion.StreamAsync(name, trace, cancellationToken).WithFailure(cancellationToken));

        var (node, problem) = await promotion.PromoteAsync(name, trace, cancellationToken);
        return problem is null ? TypedResults.Ok(node) : TypedResults.Problem(problem);
    }
}

/// <summary><c>/api/nodes/{name}</c>: details of one node, master or replica.</summary>
internal static class NodeInspectionEndpoints
{
    private const int DefaultLimit = 20;
    private const int MaximumLimit = 1000;
    private const string LimitRule = "A limit is a whole number from 1 to 1000.";

    public static void MapNodeInspectionEndpoints(this IEndpointRouteBuilder nodes)
    {
        var node = nodes.MapGroup("/{name}").AddEndpointFilter(RejectUnknownNames);

        node.MapGet("", GetNode)
            .WithName("GetNode")
            .WithSummary("Shows one Redis node with its INFO, as of the last poll; also when it is down.")
            .WithResponseExample(NodeExamples.ReplicaWithInfo)
            .ProducesProblem(StatusCodes.Status404NotFound);

        node.MapGet("/slowlog", (string name, RedisInspector inspector, CancellationToken cancellationToken, [Range(1, MaximumLimit, ErrorMessage = LimitRule)] int limit = DefaultLimit) =>
                ListAsync(() => inspector.SlowCommandsAsync(name, limit, cancellationToken), NodeMapping.ToContract))
            .Describe("GetSlowCommands", "Lists the commands in the node's slow log, the last one first.", NodeExamples.SlowCommands)
            .RequireAdminKey();

        node.MapGet("/commands", (string name, RedisInspector inspector, CancellationToken cancellationToken, [Range(1, MaximumLimit, ErrorMessage = LimitRule)] int limit = DefaultLimit) =>
                ListAsync(() => inspector.CommandsAsync(name, limit, cancellationToken), NodeMapping.ToContract))
            .Describe("GetCommands", "Lists the commands that have cost the node most time since it started.", NodeExamples.Commands);

        node.MapGet("/clients", (string name, RedisInspector inspector, CancellationToken cancellationToken, [Range(1, MaximumLimit, ErrorMessage = LimitRule)] int limit = DefaultLimit) =>
                ListAsync(() => inspector.ClientsAsync(name, limit, cancellationToken), NodeMapping.ToContract))
            .Describe("GetClients", "Lists the node's connections, the most recently active first.", NodeExamples.Clients)
            .RequireAdminKey();

        node.MapGet("/config", GetSettingsAsync)
            .WithName("GetSettings")
            .WithSummary("Shows the node's settings, without passwords and paths.")
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
        .ProducesValidationProblem()
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

    private static async Task<Ok<IReadOnlyList<T>>> ListAsync<TItem, T>(Func<Task<IReadOnlyList<TItem>>> list, Func<TItem, T> toContract) =>
        TypedResults.Ok<IReadOnlyList<T>>([.. (await list()).Select(toContract)]);
}

/// <summary><c>/api/sentinels</c>: the sentinels, which decide which node is the master.</summary>
internal static class SentinelEndpoints
{
    public static void MapSentinelEndpoints(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/sentinels", GetSentinels)
            .WithTags("Nodes")
            .WithName("GetSentinels")
            .WithSummary("Lists every sentinel with the node that it regards as the master, as of the last poll; none without sentinels.")
            .WithResponseExample(NodeExamples.Sentinels);

    private static Ok<Contracts.RedisSentinelStatus[]> GetSentinels(RedisTopology topology) => TypedResults.Ok(topology.SentinelStatuses.Select(sentinel => sentinel.ToContract()).ToArray());
}
