namespace RedisAspire.Caching.Resp;

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
