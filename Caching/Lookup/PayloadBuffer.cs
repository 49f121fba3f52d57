using System.Buffers;

namespace RedisAspire.Caching.Lookup;

/// <summary>
/// The pooled buffer that an entry is serialized into. It begins as large as the largest entry lately, so that it rarely
/// grows, and the only array that an entry costs is the one that is stored.
/// </summary>
internal sealed class PayloadBuffer : IBufferWriter<byte>, IDisposable
{
    private const int SmallestBytes = 256;

    private byte[] _bytes;
    private int _written;

    /// <param name="expectedBytes">About how many bytes will be written.</param>
    public PayloadBuffer(int expectedBytes) => _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(expectedBytes, SmallestBytes));

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _written);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _written);
        _written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _bytes.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _bytes.AsSpan(_written);
    }

    /// <summary>Forgets what has been written.</summary>
    public void Clear() => _written = 0;

    public void Dispose()
    {
        var bytes = _bytes;
        (_bytes, _written) = ([], 0);
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
    }

    private void MakeRoom(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        var needed = Math.Max(sizeHint, 1);
        if (needed <= _bytes.Length - _written)
            return;
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(2L * _bytes.Length, (long)_written + needed), Array.MaxLength));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
