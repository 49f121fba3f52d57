namespace RedisAspire.Web.Api;

/// <summary>The answer of <c>GET /api/cache/stats</c>.</summary>
/// <param name="TakenAt">When the figures were taken.</param>
/// <param name="Instance">The name of the instance that answered.</param>
/// <param name="Cluster">All instances together.</param>
/// <param name="Instances">Each instance, the one that answered first.</param>
public sealed record StatsResponse(
    DateTimeOffset TakenAt, string Instance, ClusterStatsResponse Cluster, IReadOnlyList<InstanceStatsResponse> Instances);
