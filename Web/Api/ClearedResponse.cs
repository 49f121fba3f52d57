namespace RedisAspire.Web.Api;

/// <summary>What the API answers when the cache was emptied.</summary>
/// <param name="Removed">How many keys were removed.</param>
public sealed record ClearedResponse(long Removed);
