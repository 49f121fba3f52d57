namespace RedisAspire.ApiService.Sessions;

/// <summary>The body of <c>PUT /api/session/{name}</c>.</summary>
/// <param name="Value">The value: up to 1,000 characters.</param>
internal sealed record SessionValueRequest(string Value);
