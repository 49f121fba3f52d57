using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using StackExchange.Redis;

namespace RedisAspire.Topology;

/// <summary>How to reach and enter a node or sentinel: where it listens, and the settings of its connection string.</summary>
internal sealed record RedisNodeEndpoint(string Host, int Port, ConfigurationOptions Configuration)
{
    private const int DefaultPort = 6379;

    // The client takes these from the environment, for its own connections alone.
    private static readonly string[] Certificates = ["SERedis_ClientCertPfxPath", "SERedis_ClientCertPemPath", "SERedis_IssuerCertPath"];

    public string Address => $"{Host}:{Port}";

    /// <summary>
    /// Reads a connection string of StackExchange.Redis. Not every connection to a node is the client's: a setting that only
    /// the client would obey is refused.
    /// </summary>
    /// <exception cref="FormatException">It cannot be obeyed.</exception>
    public static RedisNodeEndpoint Parse(string name, string connectionString)
    {
        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(connectionString);
        }
        catch (ArgumentException unknown)
        {
            throw Refusal(unknown.Message, unknown);
        }

        if (WhyNot(options) is { } reason)
            throw Refusal(reason);
        var (host, port) = options.EndPoints[0] switch
        {
            DnsEndPoint dns => (dns.Host, dns.Port),
            IPEndPoint ip => (ip.Address.ToString(), ip.Port),
            _ => throw Refusal("it has to name a host and a port."),
        };
        return new RedisNodeEndpoint(host, port == 0 ? DefaultPort : port, options);

        FormatException Refusal(string reason, Exception? cause = null) => new($"The connection string '{name}' cannot be used: {reason}", cause);
    }

    private static string? WhyNot(ConfigurationOptions options) => options switch
    {
        { EndPoints.Count: not 1 } => "it has to name one node.",
        { DefaultDatabase: > 0 } =>
            "defaultDatabase is not supported, because Redis does not say in which database a key has changed. Keep applications apart with KeyPrefix.",
        { ServiceName: { Length: > 0 } } => "serviceName is not supported: the sentinels have connection strings of their own, redis-sentinel-1 and so on.",
        { Proxy: not Proxy.None } => "proxy is not supported: the node itself has to report when keys change.",
        { Tunnel: not null } => "tunnel is not supported.",
        { Protocol: RedisProtocol.Resp2 } => "protocol has to be resp3, in which Redis reports when keys change.",
        _ when !options.ChannelPrefix.IsNullOrEmpty => "channelPrefix is not supported: KeyPrefix is for channels as well.",
        _ when options.CommandMap.ToString() is { Length: > 0 } commands => $"{commands} is not supported: commands have to have their own names.",
        { Ssl: true } when Array.Find(Certificates, IsSet) is { } variable => $"{variable} is not supported: certificates are judged by the system, and none is shown to the node.",
        _ => null,
    };

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}

/// <summary>Where the other nodes and the sentinels reach a node, as the arguments of a command.</summary>
internal sealed record RedisPeerAddress(string Host, string Port)
{
    /// <summary>Reads <c>host:port</c>.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static RedisPeerAddress Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new RedisPeerAddress(text[..colon], $"{port}")
            : throw new FormatException($"'{text}' is not the address of a Redis node: host:port is expected.");
    }
}

/// <summary>The connection strings of nodes and sentinels: <c>redis-master</c>, <c>redis-replica-1</c>, <c>redis-sentinel-1</c> and so on.</summary>
public static class RedisNodeNames
{
    /// <summary>What a replication is called if nothing else is said.</summary>
    public const string DefaultConnectionName = "redis";

    /// <summary>The connection strings of all nodes.</summary>
    /// <param name="configuration">The application's configuration.</param>
    /// <param name="connectionName">The name of the replication, with which the names of its connection strings begin.</param>
    /// <returns>Name and connection string of each.</returns>
    public static IEnumerable<KeyValuePair<string, string>> ConnectionStrings(IConfiguration? configuration, string connectionName = DefaultConnectionName) => ConnectionStrings(
        configuration, name => name == $"{connectionName}-master" || name.StartsWith($"{connectionName}-replica-", StringComparison.Ordinal));

    /// <summary>The connection strings of all sentinels.</summary>
    /// <inheritdoc cref="ConnectionStrings(IConfiguration, string)" path="/param | /returns"/>
    public static IEnumerable<KeyValuePair<string, string>> SentinelConnectionStrings(IConfiguration? configuration, string connectionName = DefaultConnectionName) =>
        ConnectionStrings(configuration, name => name.StartsWith($"{connectionName}-sentinel-", StringComparison.Ordinal));

    private static IEnumerable<KeyValuePair<string, string>> ConnectionStrings(IConfiguration? configuration, Predicate<string> isWanted)
    {
        foreach (var entry in configuration?.GetSection("ConnectionStrings").GetChildren() ?? [])
        {
            if (entry.Value is { Length: > 0 } connectionString && isWanted(entry.Key))
                yield return new(entry.Key, connectionString);
        }
    }
}
