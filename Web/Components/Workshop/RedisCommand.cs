namespace RedisAspire.Web.Components.Workshop;

/// <summary>Commands for the visitor's own terminal.</summary>
internal static class RedisCommand
{
    public static string For(NodeResponse node, string command) => For(node.Address, command);

    /// <summary>The command line that sends a command to the address of a node or sentinel, which waits for commands if there is none.</summary>
    public static string For(string address, string command)
    {
        var colon = address.LastIndexOf(':');
        var (host, port) = (address[..colon], address[(colon + 1)..]);
        return (host is "127.0.0.1" or "localhost" ? $"redis-cli -p {port} {command}" : $"redis-cli -h {host.Trim('[', ']')} -p {port} {command}").TrimEnd();
    }

    /// <summary>
    /// The lines as they work in a terminal. The first one sets the password, or asks for it once; the shell reads what is
    /// between the braces before it runs anything, so that none of the lines is taken for the password.
    /// </summary>
    public static string ToPaste(IReadOnlyList<string> lines, string? password)
    {
        var all = string.Join('\n', lines);
        if (!lines.Any(line => line.Contains("redis-cli -", StringComparison.Ordinal)))
            return all;
        return password is not null
            ? $"export REDISCLI_AUTH={Quote(password)}\n{all}"
            : $"{{ printf 'Redis password: '; stty -echo 2>/dev/null; read -r REDISCLI_AUTH; stty echo 2>/dev/null; echo; export REDISCLI_AUTH\n{all}\n}}";
    }

    /// <summary>The command line that requests a key as the workshop does. The query has its question mark.</summary>
    public static string Ask(string site, string key, string query = "") => $"curl -H 'Accept: text/plain' '{site}data/{Uri.EscapeDataString(key)}{query}'";

    /// <summary>A key that has not been requested yet.</summary>
    public static string FreshKey(string prefix = "") => $"{prefix}workshop-{Guid.NewGuid().ToString("N")[..8]}";

    // Within single quotes a shell takes everything as it is, but a single quote.
    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
