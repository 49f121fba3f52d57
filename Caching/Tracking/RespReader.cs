using System.Buffers.Text;
using System.Globalization;

namespace RedisAspire.Caching.Tracking;

/// <summary>
/// Reads RESP3, and RESP2, from pieces of any size. It keeps what it has read of an unfinished frame, so that every
/// byte is looked at once and the caller's buffer is free again after each call. After an exception it is of no more use.
/// </summary>
internal sealed class RespReader(RespLimits limits)
{
    private static readonly byte[] Ok = "OK"u8.ToArray();
    private static readonly byte[] Pong = "PONG"u8.ToArray();

    private readonly RespAggregate[] _open = new RespAggregate[limits.MaximumDepth];
    private int _depth;
    private int _elements;

    private byte[] _line = [];
    private int _lineLength;

    private byte[]? _blob;
    private int _blobFilled;
    private char _blobType;

    /// <summary>Whether a blob has begun and is still to be finished.</summary>
    public bool IsInsideBlob => _blob is not null;

    /// <summary>Reads the next frame from the front of <paramref name="input"/>.</summary>
    /// <param name="input">What was received; what is left of it afterwards belongs to the next frame.</param>
    /// <param name="frame">The frame.</param>
    /// <returns>Whether a frame was finished; if not, all input was taken and more is needed.</returns>
    /// <exception cref="RespProtocolException">The input is malformed or beyond the limits.</exception>
    public bool TryRead(ref ReadOnlySpan<byte> input, out RespFrame frame)
    {
        while (true)
        {
            if (_blob is null)
            {
                if (!TryReadLine(ref input, out var line))
                {
                    frame = default;
                    return false;
                }

                if (!TryReadScalar(line, out frame))
                    continue;
            }
            else if (!TryFillBlob(ref input, out frame))
            {
                return false;
            }

            if (TryFinish(ref frame))
                return true;
        }
    }

    private bool TryReadLine(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> line)
    {
        var length = input.IndexOf((byte)'\n');
        if (length < 0)
        {
            KeepLine(input);
            input = line = default;
            return false;
        }

        line = input[..length];
        input = input[(length + 1)..];
        if (_lineLength > 0 || length > limits.MaximumLineBytes)
        {
            KeepLine(line);
            line = _line.AsSpan(0, _lineLength);
            _lineLength = 0;
        }

        if (line is not [_, .., (byte)'\r'])
            throw new RespProtocolException("A line is empty or does not end with CR LF.");
        line = line[..^1];
        return true;
    }

    private void KeepLine(ReadOnlySpan<byte> part)
    {
        var length = _lineLength + part.Length;
        if (length > limits.MaximumLineBytes)
            throw new RespProtocolException($"A line is longer than {limits.MaximumLineBytes} bytes.");
        if (length > _line.Length)
            Array.Resize(ref _line, Math.Min(Math.Max(length, 2 * _line.Length), limits.MaximumLineBytes));
        part.CopyTo(_line.AsSpan(_lineLength));
        _lineLength = length;
    }

    // False when the line only begins something: a blob or an aggregate.
    private bool TryReadScalar(ReadOnlySpan<byte> line, out RespFrame frame)
    {
        frame = default;
        var type = (char)line[0];
        var content = line[1..];
        switch (type)
        {
            case '+':
                frame = RespFrame.OfBytes(RespKind.SimpleString, Status(content));
                return true;
            case '-':
                frame = RespFrame.OfBytes(RespKind.Error, WithoutBreaks(content).ToArray());
                return true;
            case ':':
                frame = RespFrame.OfInteger(RespNumber.Integer(content));
                return true;
            case ',':
                frame = RespFrame.OfDouble(RespNumber.Double(content));
                return true;
            case '#' when content is [(byte)'t' or (byte)'f']:
                frame = RespFrame.OfBoolean(content[0] == 't');
                return true;
            case '_' when content.IsEmpty:
                return true;
            case '(':
                frame = RespFrame.OfBytes(RespKind.BigNumber, RespNumber.Big(content));
                return true;
            case '$' or '*' when content is [(byte)'-', (byte)'1']:
                return true;
            case '$' or '!' or '=':
                BeginBlob(type, RespNumber.Integer(content));
                return false;
            case '*' or '~' or '%' or '>' or '|':
                return TryOpen(type, RespNumber.Integer(content), out frame);
            default:
                throw new RespProtocolException($"A value begins with the byte 0x{line[0]:x2} or is malformed.");
        }
    }

    private void BeginBlob(char type, long length)
    {
        if (length < 0 || length > limits.MaximumBlobBytes)
            throw new RespProtocolException($"A blob of {length} bytes is not allowed: the limit is {limits.MaximumBlobBytes}.");
        _blob = length == 0 ? [] : GC.AllocateUninitializedArray<byte>((int)length);
        _blobFilled = 0;
        _blobType = type;
    }

    private bool TryFillBlob(ref ReadOnlySpan<byte> input, out RespFrame frame)
    {
        frame = default;
        var taken = Math.Clamp(_blob!.Length - _blobFilled, 0, input.Length);
        input[..taken].CopyTo(_blob.AsSpan(Math.Min(_blobFilled, _blob.Length)));
        input = input[taken..];
        _blobFilled += taken;

        // CR and LF count as filled too, because they may come apart.
        for (; _blobFilled >= _blob.Length && _blobFilled < _blob.Length + 2; _blobFilled++)
        {
            if (input.IsEmpty)
                return false;
            if (input[0] != (_blobFilled == _blob.Length ? '\r' : '\n'))
                throw new RespProtocolException("A blob does not end with CR LF.");
            input = input[1..];
        }

        if (_blobFilled < _blob.Length)
            return false;
        frame = BlobFrame(_blobType, _blob);
        _blob = null;
        return true;
    }

    private static RespFrame BlobFrame(char type, byte[] blob)
    {
        if (type == '$')
            return RespFrame.OfBytes(RespKind.BlobString, blob);
        if (type == '!')
            return RespFrame.OfBytes(RespKind.Error, blob);
        if (blob is not [_, _, _, (byte)':', ..])
            throw new RespProtocolException("A verbatim string has no format.");
        return RespFrame.OfBytes(RespKind.VerbatimString, blob[4..]);
    }

    private bool TryOpen(char type, long count, out RespFrame frame)
    {
        if (count < 0 || count > limits.MaximumElements)
            throw new RespProtocolException($"An aggregate of {count} elements is not allowed: the limit is {limits.MaximumElements}.");
        if (type == '>' && _depth > 0)
            throw new RespProtocolException("A push is inside of another value.");

        var aggregate = new RespAggregate(type, (int)count);
        // One more for the aggregate itself: there shall be no endless series of empty ones.
        _elements += aggregate.Expected + 1;
        if (_elements > limits.MaximumElements)
            throw new RespProtocolException($"A frame has more than {limits.MaximumElements} elements.");

        if (aggregate.IsFull)
        {
            frame = aggregate.ToFrame();
            return !aggregate.IsAttribute;
        }

        if (_depth == _open.Length)
            throw new RespProtocolException($"Aggregates are nested deeper than {_open.Length}.");
        _open[_depth++] = aggregate;
        frame = default;
        return false;
    }

    // Puts the value into the innermost open aggregate, which may finish that one, and so on outwards.
    private bool TryFinish(ref RespFrame frame)
    {
        while (_depth > 0)
        {
            ref var open = ref _open[_depth - 1];
            open.Add(frame);
            if (!open.IsFull)
                return false;

            var isAttribute = open.IsAttribute;
            frame = open.ToFrame();
            open = default;
            _depth--;
            if (isAttribute)
                return false;
        }

        _elements = 0;
        return true;
    }

    private static byte[] Status(ReadOnlySpan<byte> content) =>
        content.SequenceEqual(Ok) ? Ok : content.SequenceEqual(Pong) ? Pong : WithoutBreaks(content).ToArray();

    private static ReadOnlySpan<byte> WithoutBreaks(ReadOnlySpan<byte> content) =>
        content.Contains((byte)'\r') ? throw new RespProtocolException("A line has a CR inside.") : content;
}

/// <summary>An array, set, map, push or attribute whose elements are still being read.</summary>
internal struct RespAggregate
{
    // Memory follows what was received, not what was announced.
    private const int FirstCapacity = 16;

    private readonly char _type;
    private RespFrame[] _items;
    private int _count;

    public RespAggregate(char type, int count)
    {
        _type = type;
        Expected = type is '%' or '|' ? 2 * count : count;
        _items = IsAttribute || Expected == 0 ? [] : new RespFrame[Math.Min(Expected, FirstCapacity)];
    }

    /// <summary>How many elements were announced, keys and values of a map counted apart.</summary>
    public int Expected { get; }

    public readonly bool IsFull => _count == Expected;

    /// <summary>Whether nobody wants this: attributes are read over.</summary>
    public readonly bool IsAttribute => _type == '|';

    public void Add(RespFrame item)
    {
        if (!IsAttribute)
        {
            if (_count == _items.Length)
                Array.Resize(ref _items, Math.Min(Expected, 2 * _count));
            _items[_count] = item;
        }

        _count++;
    }

    public readonly RespFrame ToFrame() => RespFrame.OfItems(
        _type switch
        {
            '~' => RespKind.Set,
            '%' or '|' => RespKind.Map,
            '>' => RespKind.Push,
            _ => RespKind.Array,
        },
        _items);
}

/// <summary>The frames that come in on a stream.</summary>
internal sealed class RespInput(Stream stream, RespLimits limits)
{
    private readonly RespReader _reader = new(limits);
    private readonly byte[] _buffer = new byte[32 * 1024];
    private int _start;
    private int _end;

    /// <summary>Whether a large value is on its way.</summary>
    public bool IsInsideBlob => _reader.IsInsideBlob;

    /// <summary>Takes the next frame of what was received.</summary>
    /// <returns>Whether there was a whole one; if not, receive more.</returns>
    /// <exception cref="RespProtocolException">What was received is malformed or beyond the limits.</exception>
    public bool TryTake(out RespFrame frame)
    {
        ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
        var isWhole = _reader.TryRead(ref rest, out frame);
        _start = _end - rest.Length;
        return isWhole;
    }

    /// <summary>Receives more; to be called, and followed by <see cref="Received"/>, after <see cref="TryTake"/> found no whole frame.</summary>
    public ValueTask<int> ReceiveAsync(CancellationToken cancellationToken) => stream.ReadAsync(_buffer, cancellationToken);

    /// <summary>Takes note of how much was received.</summary>
    /// <exception cref="EndOfStreamException">Nothing: the other side closed the connection.</exception>
    public void Received(int count)
    {
        if (count == 0)
            throw new EndOfStreamException("The node closed the connection.");
        _start = 0;
        _end = count;
    }
}

/// <summary>Reads the numbers of the protocol.</summary>
internal static class RespNumber
{
    private const NumberStyles DoubleStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <exception cref="RespProtocolException">It is no number.</exception>
    public static long Integer(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long value, out var consumed) && consumed == text.Length
            ? value
            : throw new RespProtocolException("A number or a length is malformed.");

    /// <exception cref="RespProtocolException">It is no number.</exception>
    public static double Double(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("inf"u8))
            return double.PositiveInfinity;
        if (text.SequenceEqual("-inf"u8))
            return double.NegativeInfinity;
        if (text.SequenceEqual("nan"u8))
            return double.NaN;
        return double.TryParse(text, DoubleStyle, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new RespProtocolException("A floating point number is malformed.");
    }

    /// <summary>The digits of a number of any size.</summary>
    /// <exception cref="RespProtocolException">It is no number.</exception>
    public static byte[] Big(ReadOnlySpan<byte> text)
    {
        var digits = text is [(byte)'+' or (byte)'-', ..] ? text[1..] : text;
        return digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            ? throw new RespProtocolException("A big number is malformed.")
            : text.ToArray();
    }
}
