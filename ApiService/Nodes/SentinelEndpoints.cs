using Microsoft.AspNetCore.Http.HttpResults;
using RedisAspire.ApiService.OpenApi;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Nodes;

/// <summary><c>/api/sentinels</c>: who decides which node is the master.</summary>
internal static class SentinelEndpoints
{
    public static void MapSentinelEndpoints(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/sentinels", GetSentinels)
            .WithTags("Nodes")
            .WithName("GetSentinels")
            .WithSummary("Lists every sentinel with the node that it takes for the master, as last heard; none when there are no sentinels.")
            .WithResponseExample(NodeExamples.Sentinels);

    private static Ok<Contracts.RedisSentinelStatus[]> GetSentinels(RedisTopology topology) => TypedResults.Ok(topology.SentinelStatuses.Select(sentinel => sentinel.ToContract()).ToArray());
}
