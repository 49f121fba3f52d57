namespace RedisAspire.ApiService.Counters;

/// <summary>The answer of <c>GET /api/counters</c>.</summary>
/// <param name="Node">The Redis node that answered. A replica may be a moment behind.</param>
/// <param name="Items">The counters by name.</param>
internal sealed record CountersResponse(string Node, IReadOnlyList<CounterResponse> Items);
