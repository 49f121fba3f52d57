using Microsoft.AspNetCore.Http.HttpResults;
using RedisAspire.ApiService.Admin;
using RedisAspire.ApiService.OpenApi;
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
            .WithDescription("Answers when writes go to the node. With sentinels that may take ten seconds, because they have to see first that it is to be preferred.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .RequireAdminKey();
    }

    private static Ok<NodeResponse[]> GetNodes(RedisTopology topology)
    {
        var snapshot = topology.Snapshot;
        return TypedResults.Ok(snapshot.Nodes.Select(node => NodeResponse.From(node, snapshot)).ToArray());
    }

    private static async Task<Results<Ok<NodeResponse>, ProblemHttpResult>> PromoteAsync(
        string name, RedisTopology topology, RedisFailover failover, CancellationToken cancellationToken)
    {
        try
        {
            await failover.PromoteAsync(name, cancellationToken);
        }
        catch (KeyNotFoundException)
        {
            return TypedResults.Problem("There is no Redis node of this name.", statusCode: StatusCodes.Status404NotFound);
        }
        catch (InvalidOperationException refusal)
        {
            return TypedResults.Problem(refusal.Message, statusCode: StatusCodes.Status409Conflict);
        }

        var snapshot = topology.Snapshot;
        return TypedResults.Ok(NodeResponse.From(snapshot.Nodes.First(node => node.Name == name), snapshot));
    }
}
