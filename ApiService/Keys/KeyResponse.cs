namespace RedisAspire.ApiService.Keys;

/// <summary>A key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Type"><c>string</c>, <c>list</c>, <c>set</c>, <c>zset</c>, <c>hash</c>, <c>stream</c>, or what a module calls its own.</param>
/// <param name="TtlSeconds">How long it lives, in seconds; none when it never expires.</param>
/// <param name="MemoryBytes">About how much memory it takes, estimated from one of its elements; none when the node does not tell.</param>
internal sealed record KeyResponse(string Key, string Type, double? TtlSeconds, long? MemoryBytes);
