namespace RedisAspire.ApiService.Counters;

/// <summary>The answer of <c>GET /api/requests</c>.</summary>
/// <param name="Node">The Redis node that answered. A replica may be a moment behind.</param>
/// <param name="Items">The minutes, the present one first.</param>
internal sealed record RequestSeriesResponse(string Node, IReadOnlyList<RequestMinute> Items);
