namespace RedisAspire.ApiService.History;

/// <summary>The answer of <c>GET /api/history</c>.</summary>
/// <param name="Node">The Redis node that answered. A replica may be a moment behind.</param>
/// <param name="Items">Look-ups, the latest first.</param>
/// <param name="Next">The cursor of the look-ups before them; none when there are no more.</param>
internal sealed record HistoryPage(string Node, IReadOnlyList<HistoryEntryResponse> Items, string? Next);
