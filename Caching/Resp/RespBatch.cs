using System.Buffers;

namespace RedisAspire.Caching.Resp;

/// <summary>Commands collected while those before them are being sent. Not thread-safe.</summary>
internal sealed class RespBatch
{
    // A burst shall not cost its memory for ever.
    private const int KeptBytes = 1024 * 1024;

    private ArrayBufferWriter<byte> _filling = new();
    private ArrayBufferWriter<byte> _sending = new();

    /// <summary>Where commands are written to.</summary>
    public ArrayBufferWriter<byte> Output => _filling;

    /// <summary>Takes all that was written, to be sent before the next call.</summary>
    /// <returns>Whether there was anything.</returns>
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
