namespace RedisAspire.ApiService.Leaderboard;

/// <summary>How requests are counted for the leaderboard (<c>Leaderboard</c> in the configuration).</summary>
internal sealed class LeaderboardOptions
{
    /// <summary>How long requests are gathered before they are counted in Redis together. 250 ms by default.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How many requests may wait to be counted; more are not counted. 32,768 by default.</summary>
    public int MaximumWaiting { get; set; } = 32_768;

    /// <summary>How many keys a leaderboard remembers. The last ones make room for new ones, which begin again. 1,000 by default.</summary>
    public int MaximumKeys { get; set; } = 1_000;

    /// <summary>How long the leaderboard of a day is kept. Two days by default.</summary>
    public TimeSpan DayLifetime { get; set; } = TimeSpan.FromDays(2);
}
