namespace RedisAspire.Web.Api.Keys;

/// <summary>A key and its value, or a part of that.</summary>
/// <param name="Node">The node that was looked at.</param>
/// <param name="Key">The key.</param>
/// <param name="Type"><c>string</c>, <c>list</c>, <c>set</c>, <c>zset</c>, <c>hash</c>, <c>stream</c>, or what a module calls its own.</param>
/// <param name="Encoding">How the node keeps it.</param>
/// <param name="TtlSeconds">How long it lives, in seconds; nothing when it never expires.</param>
/// <param name="MemoryBytes">About how much memory it takes.</param>
/// <param name="IdleSeconds">How long nobody has used it, if the node keeps account.</param>
/// <param name="Length">How many elements it has; the bytes of a string.</param>
/// <param name="Items">Its elements, or some of them.</param>
/// <param name="Next">The cursor of the next elements; nothing after the last.</param>
public sealed record KeyDetailsResponse(
    string Node,
    string Key,
    string Type,
    string? Encoding,
    double? TtlSeconds,
    long? MemoryBytes,
    long? IdleSeconds,
    long? Length,
    IReadOnlyList<ElementResponse> Items,
    string? Next)
{
    /// <summary>When it expires; nothing when it never does.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
