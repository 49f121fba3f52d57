using Microsoft.AspNetCore.Http.HttpResults;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Nodes;

/// <summary><c>/api/nodes</c>: the Redis nodes and how they are.</summary>
internal static class NodeEndpoints
{
    public static void MapNodeEndpoints(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/nodes", GetNodes)
            .WithTags("Nodes")
            .WithName("GetNodes")
            .WithSummary("Lists every Redis node with its role, state and replication lag, as last seen.");

    private static Ok<NodeResponse[]> GetNodes(RedisTopology topology)
    {
        var snapshot = topology.Snapshot;
        return TypedResults.Ok(snapshot.Nodes.Select(node => NodeResponse.From(node, snapshot)).ToArray());
    }
}
