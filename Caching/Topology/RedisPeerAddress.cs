using System.Globalization;

namespace RedisAspire.Caching.Topology;

/// <summary>Where the other nodes and the sentinels reach a node.</summary>
internal sealed record RedisPeerAddress(string Host, int Port)
{
    /// <summary>The port as a command's argument.</summary>
    public string PortText => Port.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads <c>host:port</c>.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static RedisPeerAddress Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new RedisPeerAddress(text[..colon], port)
            : throw new FormatException($"'{text}' is not the address of a Redis node: host:port is expected.");
    }
}
