using Microsoft.AspNetCore.Http.HttpResults;
using RedisAspire.ApiService.Admin;
using RedisAspire.ApiService.OpenApi;
using RedisAspire.ApiService.Problems;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Nodes;

/// <summary><c>/api/nodes</c>: the Redis nodes, how they are, and which of them is to be the master.</summary>
internal static class NodeEndpoints
{
    public static void MapNodeEndpoints(this IEndpointRouteBuilder routes)
    {
        var nodes = routes.MapGroup("/api/nodes").WithTags("Nodes");

        nodes.MapGet("", GetNodes)
            .WithName("GetNodes")
            .WithSummary("Lists every Redis node with its role, state and replication lag, as last seen.")
            .WithResponseExample(new[] { NodeExamples.Master, NodeExamples.Replica });

        nodes.MapNodeInspectionEndpoints();

        nodes.MapPost("/{name}/promote", PromoteAsync)
            .WithName("PromoteNode")
            .WithSummary("Makes a replica the master: through the sentinels where there are any, by telling every node whom to follow otherwise.")
            .WithDescription(
                $"Answers when writes go to the node, after {RedisFailover.MaximumDuration.TotalSeconds} seconds at the latest. With sentinels it often takes ten, because they have to see first that it is "
                + "to be preferred. To whoever accepts `text/event-stream` it is told as it goes: server-sent events `progress`, every second, then `result` or `failed`.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithResponseExample(NodeExamples.Master)
            .RequireAdminKey();
    }

    private static Ok<NodeResponse[]> GetNodes(RedisTopology topology) => TypedResults.Ok(topology.Snapshot.ToResponses());

    private static async Task<Results<Ok<NodeResponse>, ProblemHttpResult, ServerSentEventsResult<object>>> PromoteAsync(
        string name, NodePromotion promotion, HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.GetTypedHeaders().Accept.Any(range => range.MediaType.Equals(NodePromotion.EventStream, StringComparison.OrdinalIgnoreCase) && range.Quality != 0))
            return TypedResults.ServerSentEvents(promotion.TellAsync(name, cancellationToken).WithFailure(cancellationToken));

        var (node, problem) = await promotion.PromoteAsync(name, cancellationToken);
        return problem is null ? TypedResults.Ok(node) : TypedResults.Problem(problem);
    }
}
