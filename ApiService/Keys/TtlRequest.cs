namespace RedisAspire.ApiService.Keys;

/// <summary>The body of <c>PUT /api/keys/ttl</c>.</summary>
/// <param name="Seconds">How long the key is to live from now on: 1 second to ten years.</param>
internal sealed record TtlRequest(long Seconds)
{
    /// <summary>Ten years.</summary>
    public const long MaximumSeconds = 10L * 365 * 24 * 60 * 60;
}
