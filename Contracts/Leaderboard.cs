namespace RedisAspire.Contracts;

/// <summary>The answer of <c>GET /api/leaderboard</c>.</summary>
/// <param name="Window"><c>today</c> (UTC) or <c>all</c>.</param>
/// <param name="Node">The Redis node that answered. A replica may be a moment behind.</param>
/// <param name="Items">The keys, the most requested one first.</param>
public sealed record LeaderboardResponse(string Window, string Node, IReadOnlyList<LeaderboardEntry> Items);

/// <summary>A key on the leaderboard.</summary>
/// <param name="Rank">Its place, from 1.</param>
/// <param name="Key">The key.</param>
/// <param name="Requests">How often it was requested.</param>
public sealed record LeaderboardEntry(int Rank, string Key, long Requests);
