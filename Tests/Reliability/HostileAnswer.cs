using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace RedisAspire.Tests.Reliability;

/// <summary>What came back over a socket: status, headers and body, or nothing when the connection was just closed.</summary>
/// <param name="Status">The status; 0 when there was no answer.</param>
/// <param name="Type">The content type; empty without.</param>
/// <param name="HasBody">Whether there was a body.</param>
internal sealed record HostileAnswer(int Status, string Type, bool HasBody)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromMilliseconds(300);

    /// <summary>Sends bytes and reads until the other side closes.</summary>
    /// <exception cref="TimeoutException">The other side keeps the connection open and says nothing.</exception>
    public static async Task<HostileAnswer> ToAsync(int port, byte[] request, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", port, timeout.Token);
        var stream = client.GetStream();
        using var answer = new MemoryStream();
        var reading = ReadAsync(stream, answer, timeout.Token);
        try
        {
            await stream.WriteAsync(request, timeout.Token);
            // A server that waits for more learns that none comes; an answer that is under way would be given up by that.
            if (await Task.WhenAny(reading, Task.Delay(AnswersWithin, timeout.Token)) != reading)
                client.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception refused) when (refused is IOException or SocketException)
        {
            // The server has heard enough; what it said is read all the same.
        }

        try
        {
            await reading;
        }
        catch (OperationCanceledException hanging) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The connection was left open without an answer.", hanging);
        }

        return Parse(Encoding.Latin1.GetString(answer.GetBuffer(), 0, (int)answer.Length));
    }

    private static async Task ReadAsync(NetworkStream stream, MemoryStream answer, CancellationToken cancellationToken)
    {
        try
        {
            await stream.CopyToAsync(answer, cancellationToken);
        }
        catch (IOException)
        {
            // Reset, because we were still sending.
        }
    }

    private static HostileAnswer Parse(string text)
    {
        if (!text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal))
            return new HostileAnswer(0, "", text.Length > 0);

        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var headers = text[..(end < 0 ? text.Length : end)].Split("\r\n");
        var type = headers.FirstOrDefault(header => header.StartsWith("Content-Type:", StringComparison.OrdinalIgnoreCase))?["Content-Type:".Length..].Trim() ?? "";
        return new HostileAnswer(int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture), type, end >= 0 && text.Length > end + 4);
    }
}
