namespace RedisAspire.Caching.Tracking;

/// <summary>
/// Parses RESP3, and RESP2, from chunks of any size. It keeps the parsed part of an unfinished frame, so that every byte is
/// parsed once and the caller may reuse its buffer after each call. After an exception the reader must not be used again.
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

    /// <summary>Whether a blob has begun and is not complete yet.</summary>
    public bool IsInsideBlob => _blob is not null;

    /// <summary>Reads the next frame from the front of <paramref name="input"/>.</summary>
    /// <param name="input">The received bytes; those left afterwards belong to the next frame.</param>
    /// <param name="frame">The frame.</param>
    /// <returns>Whether a frame is complete; if not, all input was consumed and more is needed.</returns>
    /// <exception cref="RespProtocolException">The input is malformed or exceeds the limits.</exception>
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
            BufferLine(input);
            input = line = default;
            return false;
        }

        line = input[..length];
        input = input[(length + 1)..];
        if (_lineLength > 0 || length > limits.MaximumLineBytes)
        {
            BufferLine(line);
            line = _line.AsSpan(0, _lineLength);
            _lineLength = 0;
        }

        if (line is not [_, .., (byte)'\r'])
            throw new RespProtocolException("A line is empty or does not end with CR LF.");
        line = line[..^1];
        return true;
    }

    private void BufferLine(ReadOnlySpan<byte> part)
    {
        var length = _lineLength + part.Length;
        if (length > limits.MaximumLineBytes)
            throw new RespProtocolException($"A line is longer than {limits.MaximumLineBytes} bytes.");
        if (length > _line.Length)
            Array.Resize(ref _line, Math.Min(Math.Max(length, 2 * _line.Length), limits.MaximumLineBytes));
        part.CopyTo(_line.AsSpan(_lineLength));
        _lineLength = length;
    }

    // Returns false when the line is only the header of a blob or an aggregate.
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
                frame = RespFrame.OfBytes(RespKind.Error, RequireNoCarriageReturn(content).ToArray());
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
                throw new RespProtocolException($"A value of the type byte 0x{line[0]:x2} is unknown or malformed.");
        }
    }

    private void BeginBlob(char type, long length)
    {
        if (length < 0 || length > limits.MaximumBlobBytes)
            throw new RespProtocolException($"A blob of {length} bytes exceeds the limit of {limits.MaximumBlobBytes} bytes.");
        _blob = length == 0 ? [] : GC.AllocateUninitializedArray<byte>((int)length);
        _blobFilled = 0;
        _blobType = type;
    }

    private bool TryFillBlob(ref ReadOnlySpan<byte> input, out RespFrame frame)
    {
        frame = default;
        var copied = Math.Clamp(_blob!.Length - _blobFilled, 0, input.Length);
        input[..copied].CopyTo(_blob.AsSpan(Math.Min(_blobFilled, _blob.Length)));
        input = input[copied..];
        _blobFilled += copied;

        // CR and LF count as filled too, because they may arrive in different chunks.
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
            throw new RespProtocolException($"An aggregate of {count} elements exceeds the limit of {limits.MaximumElements} elements.");
        if (type == '>' && _depth > 0)
            throw new RespProtocolException("A push is nested in another value.");

        var aggregate = new RespAggregate(type, (int)count);
        // The aggregate itself counts as one element, so that a frame cannot hold an endless series of empty aggregates.
        _elements += aggregate.Expected + 1;
        if (_elements > limits.MaximumElements)
            throw new RespProtocolException($"A frame has more than {limits.MaximumElements} elements.");

        if (aggregate.IsFull)
        {
            frame = aggregate.ToFrame();
            return !aggregate.IsAttribute;
        }

        if (_depth == _open.Length)
            throw new RespProtocolException($"Aggregates are nested deeper than {_open.Length} levels.");
        _open[_depth++] = aggregate;
        frame = default;
        return false;
    }

    // Adds the value to the innermost open aggregate, which may complete that one, and so on outwards.
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
        content.SequenceEqual(Ok) ? Ok : content.SequenceEqual(Pong) ? Pong : RequireNoCarriageReturn(content).ToArray();

    private static ReadOnlySpan<byte> RequireNoCarriageReturn(ReadOnlySpan<byte> content) =>
        content.Contains((byte)'\r') ? throw new RespProtocolException("A line contains a CR.") : content;
}

/// <summary>Reads the frames of a stream through a buffer.</summary>
internal sealed class RespInput(Stream stream, RespLimits limits)
{
    private readonly RespReader _reader = new(limits);
    private readonly byte[] _buffer = new byte[32 * 1024];
    private int _start;
    private int _end;

    /// <summary>Whether a part of a large value has arrived.</summary>
    public bool IsInsideBlob => _reader.IsInsideBlob;

    /// <summary>Takes the next frame from the received bytes.</summary>
    /// <returns>Whether a frame is complete; if not, the caller receives more.</returns>
    /// <exception cref="RespProtocolException">The received bytes are malformed or exceed the limits.</exception>
    public bool TryTake(out RespFrame frame)
    {
        ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
        var isComplete = _reader.TryRead(ref rest, out frame);
        _start = _end - rest.Length;
        return isComplete;
    }

    /// <summary>Receives more; called, and followed by <see cref="Received"/>, after <see cref="TryTake"/> found no complete frame.</summary>
    public ValueTask<int> ReceiveAsync(CancellationToken cancellationToken) => stream.ReadAsync(_buffer, cancellationToken);

    /// <summary>Records how many bytes were received.</summary>
    /// <exception cref="EndOfStreamException">The node closed the connection, so that no byte was received.</exception>
    public void Received(int count)
    {
        if (count == 0)
            throw new EndOfStreamException("The node closed the connection.");
        _start = 0;
        _end = count;
    }
}
