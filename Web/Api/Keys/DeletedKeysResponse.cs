namespace RedisAspire.Web.Api.Keys;

/// <summary>How far deleting by a pattern has come.</summary>
/// <param name="Deleted">How many keys were deleted.</param>
/// <param name="Spared">How many match but are the application's own.</param>
/// <param name="Scanned">About how many keys were looked at.</param>
/// <param name="KeysOnNode">How many there were at the beginning.</param>
/// <param name="ElapsedMs">How long it has taken, in milliseconds.</param>
public sealed record DeletedKeysResponse(long Deleted, long Spared, long Scanned, long KeysOnNode, long ElapsedMs);
