using System.Buffers;
using System.Globalization;
using System.Text;

namespace RedisAspire.Caching.Tracking;

/// <summary>Writes commands as arrays of bulk strings. Text is encoded as UTF-8.</summary>
internal static class RespWriter
{
    // The type byte, the digits of an Int32 and CR LF.
    private const int HeaderBytes = 13;

    /// <summary>Writes a command with any arguments.</summary>
    public static void WriteCommand(IBufferWriter<byte> output, params ReadOnlySpan<string> arguments)
    {
        var header = output.GetSpan(HeaderBytes);
        output.Advance(WriteHeader(header, '*', arguments.Length));
        foreach (var argument in arguments)
            WriteBulkString(output, [], argument);
    }

    /// <summary>Writes a command that ends with a key.</summary>
    /// <param name="output">The buffer to write to.</param>
    /// <param name="head">The encoded part before the key, such as <c>*2\r\n$3\r\nGET\r\n</c>.</param>
    /// <param name="key">The key.</param>
    public static void WriteKeyed(IBufferWriter<byte> output, ReadOnlySpan<byte> head, string key) =>
        WriteBulkString(output, head, key);

    private static void WriteBulkString(IBufferWriter<byte> output, ReadOnlySpan<byte> head, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var span = output.GetSpan(head.Length + HeaderBytes + length + 2);
        head.CopyTo(span);
        var written = head.Length + WriteHeader(span[head.Length..], '$', length);
        written += Encoding.UTF8.GetBytes(text, span[written..]);
        written += WriteLineEnd(span[written..]);
        output.Advance(written);
    }

    private static int WriteHeader(Span<byte> span, char type, int number)
    {
        span[0] = (byte)type;
        _ = number.TryFormat(span[1..], out var digits, provider: CultureInfo.InvariantCulture);
        return 1 + digits + WriteLineEnd(span[(1 + digits)..]);
    }

    private static int WriteLineEnd(Span<byte> span)
    {
        span[0] = (byte)'\r';
        span[1] = (byte)'\n';
        return 2;
    }
}

/// <summary>A double buffer that collects commands while earlier ones are being sent. Not thread-safe.</summary>
internal sealed class RespBatch
{
    // A larger buffer is released after a burst, instead of being kept for ever.
    private const int KeptBytes = 1024 * 1024;

    private ArrayBufferWriter<byte> _filling = new();
    private ArrayBufferWriter<byte> _sending = new();

    /// <summary>The buffer that commands are written to.</summary>
    public ArrayBufferWriter<byte> Output => _filling;

    /// <summary>Takes the written commands; they must be sent before the next call.</summary>
    /// <returns>Whether there were any.</returns>
    public bool TryTake(out ReadOnlyMemory<byte> commands)
    {
        commands = _filling.WrittenMemory;
        if (commands.IsEmpty)
            return false;

        if (_sending.Capacity > KeptBytes)
            _sending = new ArrayBufferWriter<byte>();
        _sending.ResetWrittenCount();
        (_filling, _sending) = (_sending, _filling);
        return true;
    }
}
