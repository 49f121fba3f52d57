namespace RedisAspire.ApiService.Cache;

/// <summary>The answer of <c>DELETE /api/cache</c>.</summary>
/// <param name="Removed">How many keys were removed.</param>
internal sealed record ClearedResponse(long Removed);
