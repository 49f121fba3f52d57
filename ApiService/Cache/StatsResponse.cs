namespace RedisAspire.ApiService.Cache;

/// <summary>The answer of <c>GET /api/cache/stats</c>.</summary>
/// <param name="TakenAt">When the figures were taken.</param>
/// <param name="Instance">The name of the instance that answered.</param>
/// <param name="Cluster">All instances together.</param>
/// <param name="Instances">Each instance, the one that answered first.</param>
internal sealed record StatsResponse(
    DateTimeOffset TakenAt, string Instance, ClusterStatsResponse Cluster, IReadOnlyList<InstanceStatsResponse> Instances)
{
    /// <summary>The answer from figures of which the first are those of the instance that answers.</summary>
    public static StatsResponse Of(DateTimeOffset takenAt, IReadOnlyList<InstanceFigures> instances, bool isComplete) => new(
        takenAt, instances[0].Instance, ClusterStatsResponse.Of(instances, isComplete), [.. instances.Select(InstanceStatsResponse.Of)]);
}
