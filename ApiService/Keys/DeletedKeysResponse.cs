namespace RedisAspire.ApiService.Keys;

/// <summary>How far deleting by a pattern has come.</summary>
/// <param name="Deleted">How many keys were deleted.</param>
/// <param name="Spared">How many keys match but are the application's own, and the pattern does not begin with their prefix.</param>
/// <param name="Scanned">About how many keys were looked at.</param>
/// <param name="KeysOnNode">How many there were at the beginning.</param>
/// <param name="ElapsedMs">How long it has taken, in milliseconds.</param>
internal sealed record DeletedKeysResponse(long Deleted, long Spared, long Scanned, long KeysOnNode, long ElapsedMs);
