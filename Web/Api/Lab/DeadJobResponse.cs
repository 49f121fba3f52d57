namespace RedisAspire.Web.Api.Lab;

/// <summary>A job that was put aside.</summary>
/// <param name="Id">What it is known by.</param>
/// <param name="Keys">The keys that it was to warm.</param>
/// <param name="Deliveries">How often it was given to a consumer.</param>
/// <param name="Reason">Why it was put aside.</param>
/// <param name="DiedAt">When that was.</param>
public sealed record DeadJobResponse(string Id, IReadOnlyList<string> Keys, long Deliveries, string? Reason, DateTimeOffset DiedAt);
