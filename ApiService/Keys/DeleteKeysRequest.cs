namespace RedisAspire.ApiService.Keys;

/// <summary>The body of <c>POST /api/keys/delete</c>.</summary>
/// <param name="Pattern">Which keys: a glob of Redis.</param>
/// <param name="Type">Of which type; of any when not given.</param>
internal sealed record DeleteKeysRequest(string Pattern, string? Type = null);
