namespace RedisAspire.Web.Api.Lab;

/// <summary>A key on the leaderboard.</summary>
/// <param name="Rank">Its place, from 1.</param>
/// <param name="Key">The key.</param>
/// <param name="Requests">How often it was requested.</param>
public sealed record LeaderboardEntry(int Rank, string Key, long Requests);
