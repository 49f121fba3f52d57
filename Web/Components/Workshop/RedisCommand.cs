namespace RedisAspire.Web.Components.Workshop;

/// <summary>Commands for the visitor's own terminal.</summary>
internal static class RedisCommand
{
    /// <summary>The command line that sends a command to a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="command">The command.</param>
    public static string For(NodeResponse node, string command)
    {
        var colon = node.Address.LastIndexOf(':');
        var (host, port) = (node.Address[..colon], node.Address[(colon + 1)..]);
        return host is "127.0.0.1" or "localhost" ? $"redis-cli -p {port} {command}" : $"redis-cli -h {host.Trim('[', ']')} -p {port} {command}";
    }

    /// <summary>The command line that requests a key as the workshop does.</summary>
    /// <param name="site">The address of the site.</param>
    /// <param name="key">The key, of letters and digits.</param>
    /// <param name="query">The query, with its question mark.</param>
    public static string Ask(string site, string key, string query = "") => $"curl -H 'Accept: text/plain' '{site}data/{key}{query}'";

    /// <summary>A key that has not been requested yet.</summary>
    public static string FreshKey() => $"workshop-{Guid.NewGuid().ToString("N")[..8]}";
}
