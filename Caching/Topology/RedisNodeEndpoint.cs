using System.Net;
using System.Security.Authentication;
using RedisAspire.Caching.Tracking;
using StackExchange.Redis;

namespace RedisAspire.Caching.Topology;

/// <summary>How to reach and enter a node, read from its connection string.</summary>
internal sealed record RedisNodeEndpoint(string Host, int Port, string? User, string? Password, bool UseTls, string? TlsHost)
{
    private const int DefaultPort = 6379;

    // The client takes these from the environment, for its own connections alone.
    private static readonly string[] Certificates = ["SERedis_ClientCertPfxPath", "SERedis_ClientCertPemPath", "SERedis_IssuerCertPath"];

    public string Address => $"{Host}:{Port}";

    /// <summary>The versions of TLS that may be spoken; <see cref="SslProtocols.None"/> leaves that to the system.</summary>
    public SslProtocols TlsProtocols { get; init; }

    /// <summary>Whether a certificate that was revoked is refused.</summary>
    public bool ChecksRevocation { get; init; }

    /// <summary>
    /// Reads a connection string of StackExchange.Redis. Not every connection to a node is the client's: a setting that only
    /// the client would obey is refused.
    /// </summary>
    /// <param name="name">The name of the connection string.</param>
    /// <param name="connectionString">The connection string.</param>
    /// <exception cref="FormatException">It cannot be obeyed.</exception>
    public static RedisNodeEndpoint Parse(string name, string connectionString)
    {
        var options = ParseOptions(name, connectionString);
        if (WhyNot(options, connectionString) is { } reason)
            throw new FormatException($"The connection string '{name}' cannot be used: {reason}");

        var (host, port) = options.EndPoints[0] switch
        {
            DnsEndPoint dns => (dns.Host, dns.Port),
            IPEndPoint ip => (ip.Address.ToString(), ip.Port),
            _ => throw new FormatException($"The connection string '{name}' cannot be used: it has to name a host and a port."),
        };
        return new RedisNodeEndpoint(host, port == 0 ? DefaultPort : port, options.User, options.Password, options.Ssl, options.SslHost)
        {
            TlsProtocols = options.SslProtocols ?? SslProtocols.None,
            ChecksRevocation = options.CheckCertificateRevocation,
        };
    }

    /// <summary>What an own connection to it needs.</summary>
    public TrackedConnectionOptions ToConnectionOptions(string clientName) => new()
    {
        Host = Host,
        Port = Port,
        User = User,
        Password = Password,
        UseTls = UseTls,
        TlsHost = TlsHost,
        TlsProtocols = TlsProtocols,
        ChecksRevocation = ChecksRevocation,
        ClientName = clientName,
    };

    private static ConfigurationOptions ParseOptions(string name, string connectionString)
    {
        try
        {
            return ConfigurationOptions.Parse(connectionString);
        }
        catch (ArgumentException unknown)
        {
            throw new FormatException($"The connection string '{name}' cannot be used: {unknown.Message}", unknown);
        }
    }

    private static string? WhyNot(ConfigurationOptions options, string connectionString) => options switch
    {
        { EndPoints.Count: not 1 } => "it has to name one node.",
        { DefaultDatabase: > 0 } =>
            "defaultDatabase is not supported, because Redis does not say in which database a key has changed. Keep applications apart with KeyPrefix.",
        { ServiceName: { Length: > 0 } } => "serviceName is not supported: the sentinels have connection strings of their own, redis-sentinel-1 and so on.",
        { Proxy: not Proxy.None } => "proxy is not supported: the node itself has to tell when keys change.",
        { Tunnel: not null } => "tunnel is not supported.",
        { Protocol: RedisProtocol.Resp2 } => "protocol has to be resp3, in which Redis tells when keys change.",
        _ when !options.ChannelPrefix.IsNullOrEmpty => "channelPrefix is not supported: KeyPrefix is for channels as well.",
        _ when RenamedCommand(connectionString) is { } command => $"{command} is not supported: commands have to have their own names.",
        { Ssl: true } when Array.Find(Certificates, IsSet) is { } variable => $"{variable} is not supported: certificates are judged by the system, and none is shown to the node.",
        _ => null,
    };

    private static string? RenamedCommand(string connectionString) =>
        Array.Find(connectionString.Split(',', StringSplitOptions.TrimEntries), static setting => setting.StartsWith('$'))?.Split('=')[0];

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}
