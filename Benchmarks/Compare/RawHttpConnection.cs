using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace RedisAspire.Benchmarks.Compare;

/// <summary>
/// A connection that asks for one thing at a time, and does little more than that: the machine has few cores, and what the
/// generator of the load takes of them the server cannot have.
/// </summary>
internal sealed class RawHttpConnection(Uri server) : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private Socket? _socket;

    /// <summary>Asks for a path.</summary>
    /// <returns>Status and content of the answer.</returns>
    /// <exception cref="HttpRequestException">The server does not answer, or not as expected.</exception>
    public async Task<(int Status, string Content)> GetAsync(string path)
    {
        try
        {
            _socket ??= await ConnectAsync();
            var length = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost:{server.Port}\r\nAccept: application/json\r\n\r\n", _buffer);
            for (var sent = 0; sent < length;)
                sent += await _socket.SendAsync(_buffer.AsMemory(sent, length - sent));
            var answer = await ReceiveAsync(_socket);
            if (answer.IsLast)
            {
                _socket.Dispose();
                _socket = null;
            }

            return (answer.Status, answer.Content);
        }
        catch (SocketException failure)
        {
            throw new HttpRequestException(failure.Message, failure);
        }
    }

    public void Dispose() => _socket?.Dispose();

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", server.Port);
        return socket;
    }

    private async Task<(int Status, string Content, bool IsLast)> ReceiveAsync(Socket socket)
    {
        var received = 0;
        while (true)
        {
            var more = await socket.ReceiveAsync(_buffer.AsMemory(received));
            received += more;
            if (HttpAnswer.TryParse(_buffer.AsSpan(0, received), isEnd: more == 0, out var answer))
                return (answer.Status, answer.Content, answer.IsLast);
            if (more == 0)
                throw new HttpRequestException("The connection ended in the middle of an answer.");
            if (received == _buffer.Length)
                throw new HttpRequestException("The answer is too long.");
        }
    }
}

/// <summary>As much of HTTP/1.1 as the measured servers speak.</summary>
/// <param name="Status">The status.</param>
/// <param name="Content">The content; with its chunk sizes when it came in chunks.</param>
/// <param name="IsLast">Whether the server closes the connection after it.</param>
internal sealed record HttpAnswer(int Status, string Content, bool IsLast)
{
    /// <summary>Reads an answer, if all of it is there.</summary>
    public static bool TryParse(ReadOnlySpan<byte> received, bool isEnd, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out HttpAnswer? answer)
    {
        answer = null;
        var end = received.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;

        var head = Encoding.ASCII.GetString(received[..end]);
        var content = received[(end + 4)..];
        var isLast = head.Contains("\r\nConnection: close", StringComparison.OrdinalIgnoreCase);
        bool isComplete;
        if (ValueOf(head, "\r\nContent-Length: ") is { } length)
            isComplete = content.Length >= int.Parse(length, CultureInfo.InvariantCulture);
        else if (head.Contains("\r\nTransfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
            isComplete = content.EndsWith("0\r\n\r\n"u8);
        else
            isComplete = isEnd;
        if (!isComplete)
            return false;

        answer = new HttpAnswer(int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture), Encoding.UTF8.GetString(content), isLast || isEnd);
        return true;
    }

    private static string? ValueOf(string head, string name)
    {
        var at = head.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return null;
        var start = at + name.Length;
        var end = head.IndexOf('\r', start);
        return end < 0 ? head[start..] : head[start..end];
    }
}
