using System.Net.Security;
using System.Security.Authentication;
using RedisAspire.Topology;

namespace RedisAspire.Caching.Tracking;

/// <summary>The endpoint, credentials and time-outs of a <see cref="TrackedConnection"/>.</summary>
internal sealed record TrackedConnectionOptions
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>The ACL user; <c>default</c> when only a password is given.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    public bool UseTls { get; init; }

    /// <summary>The name in the node's certificate; <see cref="Host"/> when not given.</summary>
    public string? TlsHost { get; init; }

    /// <summary>The allowed versions of TLS; <see cref="SslProtocols.None"/> leaves the choice to the operating system.</summary>
    public SslProtocols TlsProtocols { get; init; }

    /// <summary>Whether a revoked certificate is refused.</summary>
    public bool ChecksRevocation { get; init; }

    /// <summary>Validates the node's certificate instead of the operating system.</summary>
    public RemoteCertificateValidationCallback? RemoteCertificateValidation { get; init; }

    /// <summary>The name of the connection in <c>CLIENT LIST</c>.</summary>
    public string ClientName { get; init; } = "RedisAspire-tracking";

    /// <summary>How long connecting and the handshake may take together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a read may take.</summary>
    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>How often the node is sent a PING. The connection counts as lost when nothing arrives until the next one.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many time-outs in a row close the connection; reads that time out together count once.</summary>
    public int MaximumTimeoutsInARow { get; init; } = 3;

    /// <summary>The delay before the first attempt to reconnect; it doubles up to <see cref="MaximumReconnectDelay"/>.</summary>
    public TimeSpan ReconnectDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan MaximumReconnectDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The largest value that is read; a larger one closes the connection.</summary>
    public int MaximumBlobBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// When given, the node pushes an invalidation for every change of a key with one of these prefixes, whether the key was
    /// read or not; the prefixes must not overlap. Otherwise it does so for keys that were read on this connection.
    /// </summary>
    public IReadOnlyList<string> BroadcastPrefixes { get; init; } = [];

    public string Node => $"{Host}:{Port}";

    /// <summary>What a node's connection string says.</summary>
    public static TrackedConnectionOptions For(RedisNodeEndpoint endpoint) => new()
    {
        Host = endpoint.Host,
        Port = endpoint.Port,
        User = endpoint.Configuration.User,
        Password = endpoint.Configuration.Password,
        UseTls = endpoint.Configuration.Ssl,
        TlsHost = endpoint.Configuration.SslHost,
        TlsProtocols = endpoint.Configuration.SslProtocols ?? SslProtocols.None,
        ChecksRevocation = endpoint.Configuration.CheckCertificateRevocation,
    };

    public RespLimits Limits => new() { MaximumBlobBytes = MaximumBlobBytes };
}
