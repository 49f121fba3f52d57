namespace RedisAspire.Contracts;

/// <summary>The visitor's session.</summary>
/// <param name="Id">What it can be told from others by. Nobody can take it over with that.</param>
/// <param name="Since">When it began.</param>
/// <param name="Visits">How often it has been asked for.</param>
/// <param name="Values">What the visitor has put there.</param>
/// <param name="Instance">Which instance of the service answered.</param>
public sealed record SessionResponse(string Id, DateTimeOffset Since, int Visits, IReadOnlyDictionary<string, string> Values, string Instance);

/// <summary>The body of <c>PUT /api/session/{name}</c>.</summary>
/// <param name="Value">The value: up to 1,000 characters.</param>
public sealed record SessionValueRequest(string Value);
