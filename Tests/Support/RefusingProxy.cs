using System.Net;
using System.Net.Sockets;
using System.Text;
using RedisAspire.Caching.Tracking;

namespace RedisAspire.Tests.Support;

/// <summary>Stands before a node and lets it answer an error to one kind of command, as if it were in that state, and serve all others.</summary>
internal sealed class RefusingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _target;
    private readonly string _command;
    private readonly Task _run;

    public RefusingProxy(int target, string command)
    {
        _target = target;
        _command = command;
        _listener.Start();
        _run = RunAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What is answered; <see langword="null"/> when nothing is refused.</summary>
    public string? Error { get; set; }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _run;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var clients = new List<Task>();
        try
        {
            while (true)
                clients.Add(ServeAsync(await _listener.AcceptSocketAsync(_stopping.Token)));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(clients);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            using var client = socket;
            using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await server.ConnectAsync(IPAddress.Loopback, _target, _stopping.Token);
            await using var near = new NetworkStream(client);
            await using var far = new NetworkStream(server);
            await Task.WhenAny(ForwardAsync(near, far), far.CopyToAsync(near, _stopping.Token));
        }
        catch (Exception ended) when (ended is IOException or SocketException or OperationCanceledException)
        {
            // The other side sees that as well.
        }
    }

    private async Task ForwardAsync(NetworkStream client, NetworkStream server)
    {
        var input = new RespInput(client, new RespLimits());
        while (true)
        {
            while (input.TryTake(out var command))
                await server.WriteAsync(Encode(Replace(Array.ConvertAll(command.Items, item => item.Bytes))), _stopping.Token);
            input.Received(await input.ReceiveAsync(_stopping.Token));
        }
    }

    // The node itself answers, so that answers keep their order.
    private byte[][] Replace(byte[][] command) =>
        Error is { } error && Encoding.ASCII.GetString(command[0]).Equals(_command, StringComparison.OrdinalIgnoreCase)
            ? Array.ConvertAll(["EVAL", "return redis.error_reply(ARGV[1])", "0", error], Encoding.UTF8.GetBytes)
            : command;

    private static byte[] Encode(byte[][] command) =>
        [.. Encoding.ASCII.GetBytes($"*{command.Length}\r\n"), .. command.SelectMany(argument => (byte[])[.. Encoding.ASCII.GetBytes($"${argument.Length}\r\n"), .. argument, .. "\r\n"u8])];
}
