namespace RedisAspire.Web.Components.Keys;

/// <summary>Where a key is shown.</summary>
public static class KeyPageAddress
{
    /// <summary>Gives the address of the page that shows a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="node">The node it is read from; the master if nothing is said.</param>
    /// <returns>The address below that of the first page.</returns>
    public static string Of(string key, string? node = null) =>
        $"keys?key={Uri.EscapeDataString(key)}" + (node is null ? "" : $"&node={Uri.EscapeDataString(node)}");
}
