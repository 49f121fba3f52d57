namespace RedisAspire.Contracts;

/// <summary>The answer of <c>GET /api/rate-limit</c>.</summary>
/// <param name="Client">The client that is limited: an address or a network.</param>
/// <param name="Counting"><c>shared</c> when Redis counts for all instances, <c>open</c> when it has just failed and every request is admitted, <c>none</c> when no limit is configured.</param>
/// <param name="Limit">How many requests a window has.</param>
/// <param name="WindowSeconds">How long a window is, in seconds.</param>
/// <param name="Used">How many are used, with those that other instances have taken in advance.</param>
/// <param name="Remaining">How many are left.</param>
/// <param name="ResetSeconds">In how many seconds the next window begins.</param>
public sealed record RateLimitResponse(
    string Client, string Counting, int? Limit, double? WindowSeconds, long? Used, long? Remaining, double? ResetSeconds);
