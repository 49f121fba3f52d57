namespace RedisAspire.ApiService.Keys;

/// <summary>The answer of <c>GET /api/keys</c>.</summary>
/// <param name="Node">The node that was looked at.</param>
/// <param name="Items">The keys, in the node's own order. A page may be short or empty although there are more.</param>
/// <param name="Next">The cursor of the next page; none after the last.</param>
internal sealed record KeyPageResponse(string Node, KeyResponse[] Items, string? Next);
