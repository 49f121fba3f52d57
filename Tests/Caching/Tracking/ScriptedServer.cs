using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using RedisAspire.Caching.Tracking;

namespace RedisAspire.Tests.Caching.Tracking;

/// <summary>
/// A server on loopback that answers each command with what the script says, byte for byte; <see langword="null"/>
/// closes the connection. <see cref="Redis"/> answers what every client asks first.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<string[], string?> _script;
    private readonly X509Certificate2? _certificate;
    private readonly bool _byteByByte;
    private readonly Task _run;
    private volatile Stream? _client;
    private int _connections;

    public ScriptedServer(Func<string[], string?> script, X509Certificate2? certificate = null, bool byteByByte = false)
    {
        _script = script;
        _certificate = certificate;
        _byteByByte = byteByByte;
        _listener.Start();
        _run = AcceptAsync();
    }

    public TrackedConnectionOptions Options => OptionsWith(TimeSpan.FromSeconds(5));

    public int Connections => Volatile.Read(ref _connections);

    public static string? Redis(string[] command) => command[0] switch
    {
        "HELLO" => "%1\r\n$5\r\nproto\r\n:3\r\n",
        "CLIENT" => "+OK\r\n",
        "PING" => "+PONG\r\n",
        "PTTL" => ":-1\r\n",
        _ => "",
    };

    public static string Push(string key) => $">2\r\n$10\r\ninvalidate\r\n*1\r\n{Blob(key)}";

    public static string Blob(string text) => $"${Encoding.UTF8.GetByteCount(text)}\r\n{text}\r\n";

    public TrackedConnectionOptions OptionsWith(TimeSpan operationTimeout, TimeSpan? reconnectDelay = null) => new()
    {
        Host = "127.0.0.1",
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
        Password = "secret",
        // Many tests share few cores: what is slow here is not down.
        ConnectTimeout = TimeSpan.FromSeconds(5),
        OperationTimeout = operationTimeout,
        PingInterval = TimeSpan.FromMinutes(1),
        ReconnectDelay = reconnectDelay ?? TimeSpan.FromMilliseconds(1),
        MaximumReconnectDelay = TimeSpan.FromMinutes(1),
        UseTls = _certificate is not null,
        TlsHost = "redis.test",
        RemoteCertificateValidation = _certificate is null ? null : (_, shown, _, errors) =>
            errors == SslPolicyErrors.RemoteCertificateChainErrors && shown?.GetCertHashString() == _certificate.GetCertHashString(),
    };

    /// <summary>Says something without being asked.</summary>
    public async Task SendAsync(string text)
    {
        if (_client is { } client)
            await client.WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _run;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                client.NoDelay = true;
                Interlocked.Increment(ref _connections);
                await ServeAsync(client);
            }
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            await using var stream = await OpenAsync(client);
            var input = new RespInput(stream, new RespLimits());
            _client = stream;
            while (true)
            {
                while (input.TryTake(out var frame))
                {
                    if (_script([.. frame.Items.Select(item => item.Text)]) is not { } reply)
                        return;
                    await WriteAsync(stream, Encoding.UTF8.GetBytes(reply));
                }

                input.Received(await input.ReceiveAsync(_stopping.Token));
            }
        }
        catch (Exception end) when (end is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client left: that is its right.
        }
    }

    private async Task<Stream> OpenAsync(TcpClient client)
    {
        if (_certificate is null)
            return client.GetStream();
        var secure = new SslStream(client.GetStream());
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stopping.Token);
        return secure;
    }

    private async Task WriteAsync(Stream stream, byte[] reply)
    {
        var piece = _byteByByte ? 1 : Math.Max(1, reply.Length);
        for (var start = 0; start < reply.Length; start += piece)
            await stream.WriteAsync(reply.AsMemory(start, piece), _stopping.Token);
    }
}
