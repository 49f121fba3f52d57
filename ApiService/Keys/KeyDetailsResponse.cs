namespace RedisAspire.ApiService.Keys;

/// <summary>The answer of <c>GET /api/keys/value</c>.</summary>
/// <param name="Node">The node that was looked at.</param>
/// <param name="Key">The key.</param>
/// <param name="Type"><c>string</c>, <c>list</c>, <c>set</c>, <c>zset</c>, <c>hash</c>, <c>stream</c>, or what a module calls its own.</param>
/// <param name="Encoding">How the node keeps it.</param>
/// <param name="TtlSeconds">How long it lives, in seconds; none when it never expires.</param>
/// <param name="MemoryBytes">About how much memory it takes, estimated from a few of its elements.</param>
/// <param name="IdleSeconds">How long nobody has used it; none when the node does not keep account. Reading its value is using it.</param>
/// <param name="Length">How many elements it has; the bytes of a string. None of a type that only a module knows.</param>
/// <param name="Items">Its elements, or some of them. Those of a string are consecutive parts.</param>
/// <param name="Next">The cursor of the next elements; none after the last.</param>
internal sealed record KeyDetailsResponse(
    string Node,
    string Key,
    string Type,
    string? Encoding,
    double? TtlSeconds,
    long? MemoryBytes,
    long? IdleSeconds,
    long? Length,
    ElementResponse[] Items,
    string? Next);
