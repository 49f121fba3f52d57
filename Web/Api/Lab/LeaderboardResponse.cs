namespace RedisAspire.Web.Api.Lab;

/// <summary>The most requested keys.</summary>
/// <param name="Node">The Redis node that answered.</param>
/// <param name="Items">The keys, the most requested one first.</param>
public sealed record LeaderboardResponse(string Node, IReadOnlyList<LeaderboardEntry> Items);
