namespace RedisAspire.Web.Api;

/// <summary>Where the API keeps the data of a key.</summary>
internal static class KeyAddress
{
    /// <summary>Gives the relative address of a key's data.</summary>
    /// <param name="key">The key; any text.</param>
    // Every client and server resolves these two in a path, however they are encoded: "/data/.." is "/".
    public static string Of(string key) => key is "." or ".." ? $"data?key={key}" : $"data/{Uri.EscapeDataString(key)}";
}
