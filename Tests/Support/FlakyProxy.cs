using System.Net;
using System.Net.Sockets;
using System.Text;
using RedisAspire.Caching.Tracking;

namespace RedisAspire.Tests.Support;

/// <summary>A network between a client and a server that is slow, stalls, cuts connections, or answers itself.</summary>
internal sealed class FlakyProxy : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _target;
    private readonly Task _run;
    private readonly List<Socket> _clients = [];
    private volatile bool _isCut;
    private volatile int _frozen;

    public FlakyProxy(int target)
    {
        _target = target;
        _listener.Start();
        _run = RunAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How long everything that is sent is kept, in both directions.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Whether nothing gets through, and nobody notices; afterwards it arrives after all.</summary>
    public bool IsStalled { get; set; }

    /// <summary>The error that is answered to every command on new connections, in place of the server's answer.</summary>
    public string? Error { get; set; }

    /// <summary>Whether connections are refused; those there are end.</summary>
    public bool IsCut
    {
        get => _isCut;
        set
        {
            _isCut = value;
            if (value)
                DropAll();
        }
    }

    /// <summary>Works as a network should; connections on which it answered itself end.</summary>
    public void Heal()
    {
        Delay = TimeSpan.Zero;
        IsStalled = false;
        _isCut = false;
        if (Error is null)
            return;
        Error = null;
        DropAll();
    }

    /// <summary>Nothing gets through on the connections there are, for ever, and nobody notices; new ones work.</summary>
    public void Freeze() => Interlocked.Increment(ref _frozen);

    /// <summary>Ends all connections.</summary>
    public void DropAll()
    {
        lock (_clients)
        {
            foreach (var client in _clients)
                client.Dispose();
            _clients.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        DropAll();
        await _run;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptSocketAsync(_stopping.Token);
                lock (_clients)
                    _clients.Add(client);
                _ = ServeAsync(client);
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            using var client = socket;
            if (_isCut)
                return;
            await using var near = new NetworkStream(client);
            if (Error is { } error)
            {
                await AnswerAsync(near, error);
                return;
            }

            using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await server.ConnectAsync(IPAddress.Loopback, _target, _stopping.Token);
            await using var far = new NetworkStream(server);
            await Task.WhenAny(PumpAsync(near, far), PumpAsync(far, near));
        }
        catch (Exception ended) when (ended is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side sees that as well.
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 * 1024];
        var generation = _frozen;
        while (await from.ReadAsync(buffer, _stopping.Token) is > 0 and var count)
        {
            if (Delay > TimeSpan.Zero)
                await Task.Delay(Delay, _stopping.Token);
            while (IsStalled || generation < _frozen)
                await Task.Delay(Tick, _stopping.Token);
            await to.WriteAsync(buffer.AsMemory(0, count), _stopping.Token);
        }
    }

    private async Task AnswerAsync(NetworkStream client, string error)
    {
        var input = new RespInput(client, new RespLimits());
        var answer = Encoding.UTF8.GetBytes($"-{error}\r\n");
        while (true)
        {
            while (input.TryTake(out _))
                await client.WriteAsync(answer, _stopping.Token);
            input.Received(await input.ReceiveAsync(_stopping.Token));
        }
    }
}
