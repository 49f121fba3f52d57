namespace RedisAspire.Web.Api.Keys;

/// <summary>A key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Type">The type of its value.</param>
/// <param name="TtlSeconds">How long it lives, in seconds; nothing when it never expires.</param>
/// <param name="MemoryBytes">About how much memory it takes, if the node tells.</param>
public sealed record KeyResponse(string Key, string Type, double? TtlSeconds, long? MemoryBytes)
{
    /// <summary>When it expires; nothing when it never does.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
