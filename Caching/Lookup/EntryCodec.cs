using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Near;

namespace RedisAspire.Caching.Lookup;

/// <summary>Values to bytes and back, and to what is kept in the process.</summary>
internal sealed partial class EntryCodec(SerializerCatalog serializers, IOptions<ReplicatedCacheOptions> options, WarningLimiter warnings, ILogger<EntryCodec> logger)
{
    // Once is enough: an application that stores such things does so all the time.
    private bool _isLargePayloadLogged;
    private bool _isUnserializableLogged;

    /// <summary>Refuses a type of which no value can be cached.</summary>
    /// <exception cref="NotSupportedException">It is one.</exception>
    public void Check<T>() => serializers.Get<T>();

    /// <summary>The bytes of a value; <see langword="null"/> when it has none.</summary>
    public byte[]? Serialize<T>(string key, T value)
    {
        if (value is null)
            return [];
        var serializer = serializers.Get<T>();
        try
        {
            var buffer = new ArrayBufferWriter<byte>();
            serializer.Serialize(value, buffer);
            return buffer.WrittenSpan.ToArray();
        }
#pragma warning disable CA1031 // Serializers throw what they like.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (!Interlocked.Exchange(ref _isUnserializableLogged, true))
                LogUnserializable(key, typeof(T), failure);
            return null;
        }
    }

    /// <summary>The bytes to store for a value, and how long; <see langword="null"/> when it is not to be cached, or cannot be.</summary>
    public (byte[] Payload, byte[] Bytes, TimeSpan FreshFor)? Pack<T>(string key, T value, in EntryPolicy policy, TagStamp[] stamps)
    {
        var freshFor = policy.FreshFor(value is null);
        if (freshFor == TimeSpan.Zero || Serialize(key, value) is not { } bytes)
            return null;
        var payload = new EntryHeader(value is null, policy.StaleAfter(freshFor), stamps).Wrap(bytes);
        if (payload.Length <= options.Value.MaximumPayloadBytes)
            return (payload, bytes, freshFor);

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
            else if (default(T) is not null)
                throw new InvalidDataException("It is null.");
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
    public static object? ToNear<T>(T value, ReadOnlyMemory<byte> bytes) =>
        value is null || Immutability<T>.IsShareable ? value : bytes.ToArray();

    /// <summary>The value of what the process keeps; says no if it was kept as another type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFromNear<T>(string key, NearItem item, out T value)
    {
        if (item is { IsShared: true, Value: T shared })
        {
            value = shared;
            return true;
        }

        return TryThaw(key, item, out value);
    }

    private bool TryThaw<T>(string key, NearItem item, out T value)
    {
        value = default!;
        if (item.Value is not byte[] bytes || item.IsShared || Immutability<T>.IsShareable)
            return item.Value is null && default(T) is null;
        try
        {
            value = Deserialize<T>(bytes);
            return true;
        }
#pragma warning disable CA1031 // Serializers throw what they like.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogUnreadable(key, typeof(T), failure);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The value under '{Key}' cannot be read as {Type}: treated as a miss.")]
    private partial void LogUnreadable(string key, Type type, Exception failure);

    [LoggerMessage(LogLevel.Warning, "A value of '{Key}' cannot be serialized as {Type}: such are served, not cached. This is not said again.")]
    private partial void LogUnserializable(string key, Type type, Exception failure);

    [LoggerMessage(LogLevel.Warning, "The value of '{Key}' has {Length} bytes, more than the {Maximum} allowed: such are served, not cached. This is not said again.")]
    private partial void LogPayloadTooLarge(string key, int length, int maximum);
}
