namespace RedisAspire.ApiService.Data;

/// <summary>The answer to a removal that is not everywhere yet.</summary>
/// <param name="Key">The key.</param>
/// <param name="Outstanding">What remains to be done, and by whom.</param>
internal sealed record RemovalResponse(string Key, string Outstanding)
{
    public static RemovalResponse Of(string key) => new(
        key, "No Redis master has removed it yet. This instance does so as soon as one answers; other instances may serve the old value until then, if they still have it.");
}
