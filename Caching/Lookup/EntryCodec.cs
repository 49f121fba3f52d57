using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Near;

namespace RedisAspire.Caching.Lookup;

/// <summary>Converts values to bytes and back, and to and from items of the near cache.</summary>
internal sealed partial class EntryCodec(SerializerCatalog serializers, IOptions<ReplicatedCacheOptions> options, WarningLimiter warnings, ILogger<EntryCodec> logger)
{
    // Each of these is logged once, because an application that has such values has them all the time.
    private bool _isLargePayloadLogged;
    private bool _isUnserializableLogged;
    // The length of the largest entry lately.
    private int _expectedBytes;

    /// <summary>Checks that values of a type can be cached.</summary>
    /// <exception cref="NotSupportedException">Values of the type cannot be cached.</exception>
    public void Check<T>() => serializers.Get<T>();

    /// <summary>Serializes a value; returns <see langword="null"/> when the serializer fails.</summary>
    public byte[]? Serialize<T>(string key, T value)
    {
        using var buffer = new PayloadBuffer(Volatile.Read(ref _expectedBytes));
        return TrySerialize(key, value, buffer) ? buffer.Written.ToArray() : null;
    }

    private bool TrySerialize<T>(string key, T value, PayloadBuffer buffer)
    {
        if (value is null)
            return true;
        try
        {
            serializers.Get<T>().Serialize(value, buffer);
            return true;
        }
#pragma warning disable CA1031 // A serializer may throw any exception.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (!Interlocked.Exchange(ref _isUnserializableLogged, true))
                LogUnserializable(key, typeof(T), failure);
            return false;
        }
    }

    /// <summary>
    /// The payload to store for a value, the part of it that is the serialized value, and how long the value is fresh;
    /// <see langword="null"/> when it must not or cannot be cached.
    /// </summary>
    public (byte[] Payload, ReadOnlyMemory<byte> Bytes, TimeSpan FreshFor)? Pack<T>(string key, T value, EntryPolicy policy, TagStamp[] stamps)
    {
        var freshFor = policy.FreshFor(value is null);
        if (freshFor == TimeSpan.Zero)
            return null;

        var header = new EntryHeader(value is null, policy.StaleAfter(freshFor), stamps);
        using var buffer = new PayloadBuffer(Volatile.Read(ref _expectedBytes));
        if (!header.IsEmpty)
            header.WriteTo(buffer);
        var start = buffer.Written.Length;
        if (!TrySerialize(key, value, buffer))
            return null;
        if (start == 0 && EntryHeader.IsMarked(buffer.Written))
        {
            // The value would be mistaken for a header, so it gets one. Such bytes are rare enough to be copied once more.
            var marked = buffer.Written.ToArray();
            buffer.Clear();
            header.WriteTo(buffer);
            start = buffer.Written.Length;
            buffer.Write(marked);
        }

        var length = buffer.Written.Length;
        if (length > options.Value.MaximumPayloadBytes)
        {
            if (!Interlocked.Exchange(ref _isLargePayloadLogged, true))
                LogPayloadTooLarge(key, length, options.Value.MaximumPayloadBytes);
            return null;
        }

        Expect(length);
        var payload = buffer.Written.ToArray();
        return (payload, payload.AsMemory(start), freshFor);
    }

    /// <summary>Deserializes bytes that are known to be valid.</summary>
    public T Deserialize<T>(ReadOnlyMemory<byte> bytes) => serializers.Get<T>().Deserialize(new ReadOnlySequence<byte>(bytes));

    /// <summary>Decodes a stored payload; returns <see langword="false"/> and logs a warning when that fails for any reason.</summary>
    public bool TryDecode<T>(string key, byte[] payload, [NotNullWhen(true)] out EntryHeader? header, out T value, out ReadOnlyMemory<byte> bytes)
    {
        header = null;
        value = default!;
        bytes = default;
        try
        {
            if (!EntryHeader.TryRead(payload, out var read, out var start))
                throw new InvalidDataException("The header is malformed.");
            bytes = payload.AsMemory(start);
            if (!read.IsNull)
                value = Deserialize<T>(bytes);
            else if (default(T) is not null)
                throw new InvalidDataException("The stored value is null, which the type does not allow.");
            header = read;
            return true;
        }
#pragma warning disable CA1031 // A serializer may throw any exception.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (warnings.IsDue(nameof(LogUnreadable), key))
                LogUnreadable(key, typeof(T), failure);
            return false;
        }
    }

    /// <summary>The form of a value in the near cache: the value itself if callers may share it, otherwise its bytes.</summary>
    public static object? ToNear<T>(T value, ReadOnlyMemory<byte> bytes) =>
        value is null || Immutability<T>.IsShareable ? value
        // Nobody changes the array of a payload. One with a header is copied, so that the header is not kept.
        : MemoryMarshal.TryGetArray(bytes, out var part) && part.Count == part.Array!.Length ? part.Array : bytes.ToArray();

    /// <summary>Gets the value of an item of the near cache; returns <see langword="false"/> if it was stored as another type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFromNear<T>(string key, NearItem item, out T value)
    {
        if (item is { IsShared: true, Value: T shared })
        {
            value = shared;
            return true;
        }

        return TryDeserializeNear(key, item, out value);
    }

    // A much smaller entry lowers the expectation slowly, so that large entries among small ones find a large buffer.
    private void Expect(int length)
    {
        var expected = Volatile.Read(ref _expectedBytes);
        Volatile.Write(ref _expectedBytes, length >= expected ? length : expected - ((expected - length) / 16));
    }

    private bool TryDeserializeNear<T>(string key, NearItem item, out T value)
    {
        value = default!;
        if (item.Value is not byte[] bytes || item.IsShared || Immutability<T>.IsShareable)
            return item.Value is null && default(T) is null;
        try
        {
            value = Deserialize<T>(bytes);
            return true;
        }
#pragma warning disable CA1031 // A serializer may throw any exception.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogUnreadable(key, typeof(T), failure);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The value of '{Key}' cannot be read as {Type}. The look-up counts as a miss.")]
    private partial void LogUnreadable(string key, Type type, Exception failure);

    [LoggerMessage(LogLevel.Warning, "The value of '{Key}' cannot be serialized as {Type} and is returned but not cached (logged once).")]
    private partial void LogUnserializable(string key, Type type, Exception failure);

    [LoggerMessage(LogLevel.Warning, "The value of '{Key}' has {Length} bytes, which exceeds MaximumPayloadBytes ({Maximum}), and is returned but not cached (logged once).")]
    private partial void LogPayloadTooLarge(string key, int length, int maximum);
}
