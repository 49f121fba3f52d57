namespace RedisAspire.ApiService.Leaderboard;

/// <summary>The answer of <c>GET /api/leaderboard</c>.</summary>
/// <param name="Window"><c>today</c> (UTC) or <c>all</c>.</param>
/// <param name="Node">The Redis node that answered. A replica may be a moment behind.</param>
/// <param name="Items">The keys, the most requested one first.</param>
internal sealed record LeaderboardResponse(string Window, string Node, IReadOnlyList<LeaderboardEntry> Items);
