namespace RedisAspire.ApiService.Queue;

/// <summary>The answer of <c>GET /api/queue/dead</c>.</summary>
/// <param name="Node">The Redis node that answered. A replica may be a moment behind.</param>
/// <param name="Items">The jobs, the last one first.</param>
/// <param name="Next">The cursor of the next page; <see langword="null"/> when this is the last one.</param>
internal sealed record DeadJobsResponse(string Node, IReadOnlyList<DeadJobResponse> Items, string? Next);
