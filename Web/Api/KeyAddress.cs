namespace RedisAspire.Web.Api;

/// <summary>Where the API keeps the data of a key.</summary>
internal static class KeyAddress
{
    /// <summary>Gives the relative address of a key's data.</summary>
    /// <param name="key">The key; any text.</param>
    /// <exception cref="CacheApiException">The key cannot be part of an address.</exception>
    public static string Of(string key)
    {
        // Every client and server resolves these two, however they are encoded: "/data/.." is "/".
        if (key is "." or "..")
            throw new CacheApiException("Bad key", "A key cannot be '.' or '..': an address cannot hold them.");

        return $"data/{Uri.EscapeDataString(key)}";
    }
}
