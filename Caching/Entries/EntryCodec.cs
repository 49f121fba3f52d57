using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Serialization;

namespace RedisAspire.Caching.Entries;

/// <summary>Values to bytes and back, and to what is kept in the process.</summary>
internal sealed partial class EntryCodec(SerializerCatalog serializers, IOptions<ReplicatedCacheOptions> options, WarningLimiter warnings, ILogger<EntryCodec> logger)
{
    // Once is enough: an application that stores such things does so all the time.
    private bool _isLargePayloadLogged;

    /// <summary>The bytes of a value.</summary>
    public byte[] Serialize<T>(T value)
    {
        if (value is null)
            return [];
        var buffer = new ArrayBufferWriter<byte>();
        serializers.Get<T>().Serialize(value, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The bytes to store for a value, and how long; <see langword="null"/> when it is too large to be cached.</summary>
    public (byte[] Payload, byte[] Bytes, TimeSpan FreshFor)? Pack<T>(string key, T value, in EntryPolicy policy, TagStamp[] stamps)
    {
        var bytes = Serialize(value);
        var payload = new EntryHeader(value is null, policy.StaleWindow, stamps).Wrap(bytes);
        if (payload.Length <= options.Value.MaximumPayloadBytes)
            return (payload, bytes, policy.FreshFor(value is null));

        if (!Interlocked.Exchange(ref _isLargePayloadLogged, true))
            LogPayloadTooLarge(key, payload.Length, options.Value.MaximumPayloadBytes);
        return null;
    }

    /// <summary>The value of bytes that are known to be one.</summary>
    public T Deserialize<T>(ReadOnlyMemory<byte> bytes) => serializers.Get<T>().Deserialize(new ReadOnlySequence<byte>(bytes));

    /// <summary>Reads a value; one that cannot be read, whatever the reason, is none.</summary>
    public bool TryDecode<T>(string key, byte[] payload, [NotNullWhen(true)] out EntryHeader? header, out T value, out ReadOnlyMemory<byte> bytes)
    {
        header = null;
        value = default!;
        bytes = default;
        try
        {
            if (!EntryHeader.TryRead(payload, out var read, out var start))
                throw new InvalidDataException("Its header is malformed.");
            bytes = payload.AsMemory(start);
            if (!read.IsNull)
                value = Deserialize<T>(bytes);
            header = read;
            return true;
        }
#pragma warning disable CA1031 // Serializers throw what they like.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (warnings.IsDue(nameof(LogUnreadable), key))
                LogUnreadable(key, typeof(T), failure);
            return false;
        }
    }

    /// <summary>What the process keeps of a value: itself if callers may share it, otherwise its bytes.</summary>
    public static object ToNear<T>(T value, ReadOnlyMemory<byte> bytes) =>
        value is null ? NullValue.Instance : Immutability<T>.IsShareable ? value : bytes.ToArray();

    /// <summary>The value of what the process keeps; says no if it was kept as another type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFromNear<T>(NearItem item, out T value)
    {
        if (item is { IsShared: true, Value: T shared })
        {
            value = shared;
            return true;
        }

        return TryThaw(item, out value);
    }

    private bool TryThaw<T>(NearItem item, out T value)
    {
        if (item.Value is byte[] bytes && !item.IsShared && !Immutability<T>.IsShareable)
        {
            value = Deserialize<T>(bytes);
            return true;
        }

        value = default!;
        return item.Value is NullValue && default(T) is null;
    }

    [LoggerMessage(LogLevel.Warning, "The value under '{Key}' cannot be read as {Type}: treated as a miss.")]
    private partial void LogUnreadable(string key, Type type, Exception failure);

    [LoggerMessage(LogLevel.Warning, "The value of '{Key}' has {Length} bytes, more than the {Maximum} allowed: such are served, not cached. This is not said again.")]
    private partial void LogPayloadTooLarge(string key, int length, int maximum);
}
