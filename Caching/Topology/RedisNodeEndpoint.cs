using System.Net;
using RedisAspire.Caching.Tracking;
using StackExchange.Redis;

namespace RedisAspire.Caching.Topology;

/// <summary>How to reach and enter a node, read from its connection string.</summary>
internal sealed record RedisNodeEndpoint(string Host, int Port, string? User, string? Password, bool UseTls, string? TlsHost)
{
    private const int DefaultPort = 6379;

    public string Address => $"{Host}:{Port}";

    /// <summary>Reads a connection string of StackExchange.Redis.</summary>
    /// <exception cref="FormatException">It names no endpoint.</exception>
    public static RedisNodeEndpoint Parse(string connectionString)
    {
        var options = ConfigurationOptions.Parse(connectionString, ignoreUnknown: true);
        var (host, port) = options.EndPoints.FirstOrDefault() switch
        {
            DnsEndPoint dns => (dns.Host, dns.Port),
            IPEndPoint ip => (ip.Address.ToString(), ip.Port),
            _ => throw new FormatException("A Redis connection string names a host and a port."),
        };
        return new RedisNodeEndpoint(host, port == 0 ? DefaultPort : port, options.User, options.Password, options.Ssl, options.SslHost);
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
        ClientName = clientName,
    };
}
