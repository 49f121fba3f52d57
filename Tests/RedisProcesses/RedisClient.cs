using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using RedisAspire.Hosting;
using StackExchange.Redis;

namespace RedisAspire.RedisProcesses;

/// <summary>
/// A connection as one of the users, for one command after another. The client library of the services is not used
/// here: it asks much of its own when it connects, and tests look at what nodes are asked.
/// </summary>
internal sealed class RedisClient : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly TcpClient _connection;
    private readonly StreamReader _reader;
    private readonly string _address;

    private RedisClient(TcpClient connection, string address)
    {
        _connection = connection;
        // Latin-1 has a character for every byte, so that text is read by line and values unchanged.
        _reader = new StreamReader(connection.GetStream(), Encoding.Latin1, detectEncodingFromByteOrderMarks: false);
        _address = address;
    }

    /// <summary>Connects to a process on loopback and logs in.</summary>
    /// <exception cref="RedisException">It does not listen or answer, or refuses the user.</exception>
    public static async Task<RedisClient> ConnectAsync(int port, RedisUser user)
    {
        var address = $"127.0.0.1:{port}";
        var connection = new TcpClient { NoDelay = true };
        try
        {
            await GuardAsync(address, async cancellationToken =>
            {
                await connection.ConnectAsync("127.0.0.1", port, cancellationToken);
                return true;
            });
            var client = new RedisClient(connection, address);
            await client.ExecuteAsync("AUTH", user.Name, user.Password);
            return client;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Asks one command.</summary>
    /// <exception cref="RedisException">It is refused, or not answered within five seconds.</exception>
    public Task<RedisResult> ExecuteAsync(string command, params object[] arguments) => GuardAsync(_address, async cancellationToken =>
    {
        await _connection.GetStream().WriteAsync(Write([command, .. arguments]), cancellationToken);
        return await ReadAsync(cancellationToken);
    });

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private static ReadOnlyMemory<byte> Write(object[] parts)
    {
        var output = new ArrayBufferWriter<byte>();
        Encoding.ASCII.GetBytes($"*{parts.Length}\r\n", output);
        foreach (var part in parts)
        {
            var bytes = part as byte[] ?? Encoding.UTF8.GetBytes(Convert.ToString(part, CultureInfo.InvariantCulture)!);
            Encoding.ASCII.GetBytes($"${bytes.Length}\r\n", output);
            output.Write(bytes);
            output.Write("\r\n"u8);
        }

        return output.WrittenMemory;
    }

    private async Task<RedisResult> ReadAsync(CancellationToken cancellationToken)
    {
        if (await _reader.ReadLineAsync(cancellationToken) is not { Length: > 0 } line)
            throw new IOException("the connection was closed");

        var rest = line[1..];
        return line[0] switch
        {
            '+' => RedisResult.Create(rest, ResultType.SimpleString),
            '-' => throw new RedisException(rest),
            ':' => RedisResult.Create(Number(rest), ResultType.Integer),
            '$' => await ReadValueAsync((int)Number(rest), cancellationToken),
            '*' => await ReadElementsAsync((int)Number(rest), cancellationToken),
            _ => throw new IOException($"the reply starts with '{line[0]}'"),
        };
    }

    private async Task<RedisResult> ReadValueAsync(int length, CancellationToken cancellationToken)
    {
        if (length < 0)
            return RedisResult.Create(RedisValue.Null);

        var value = new char[length + "\r\n".Length];
        if (await _reader.ReadBlockAsync(value, cancellationToken) < value.Length)
            throw new IOException("the connection was closed");
        return RedisResult.Create((RedisValue)Encoding.Latin1.GetBytes(value, 0, length));
    }

    private async Task<RedisResult> ReadElementsAsync(int count, CancellationToken cancellationToken)
    {
        if (count < 0)
            return RedisResult.Create(RedisValue.Null);

        var elements = new RedisResult[count];
        for (var i = 0; i < count; i++)
            elements[i] = await ReadAsync(cancellationToken);
        return RedisResult.Create(elements);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static async Task<T> GuardAsync<T>(string address, Func<CancellationToken, Task<T>> action)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        try
        {
            return await action(timeout.Token);
        }
        catch (OperationCanceledException failure)
        {
            throw new RedisException($"{address} does not answer within {Timeout.TotalSeconds} s.", failure);
        }
        catch (Exception failure) when (failure is IOException or SocketException or FormatException)
        {
            throw new RedisException($"{address} cannot be asked: {failure.Message}", failure);
        }
    }
}
