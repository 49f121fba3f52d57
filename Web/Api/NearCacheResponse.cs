namespace RedisAspire.Web.Api;

/// <summary>The values that are kept in processes.</summary>
/// <param name="State"><c>armed</c> where Redis tells of changes, <c>bypassed</c> where it cannot now, so that nothing is kept; <c>partly armed</c> of several instances.</param>
/// <param name="Entries">How many there are.</param>
/// <param name="Bytes">How many bytes they count for.</param>
public sealed record NearCacheResponse(string State, long Entries, long Bytes);
