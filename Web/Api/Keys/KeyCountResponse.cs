namespace RedisAspire.Web.Api.Keys;

/// <summary>How many keys match.</summary>
/// <param name="Keys">How many were found.</param>
/// <param name="Spared">How many of them deleting would leave alone, because they are the application's own.</param>
/// <param name="Scanned">About how many keys were looked at.</param>
/// <param name="KeysOnNode">How many there are.</param>
/// <param name="Next">The cursor to go on with; nothing when all were looked at.</param>
public sealed record KeyCountResponse(long Keys, long Spared, long Scanned, long KeysOnNode, string? Next);
