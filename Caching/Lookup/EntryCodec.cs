using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
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

    /// <summary>Checks that values of a type can be cached.</summary>
    /// <exception cref="NotSupportedException">Values of the type cannot be cached.</exception>
    public void Check<T>() => serializers.Get<T>();

    /// <summary>Serializes a value; returns <see langword="null"/> when the serializer fails.</summary>
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
#pragma warning disable CA1031 // A serializer may throw any exception.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (!Interlocked.Exchange(ref _isUnserializableLogged, true))
                LogUnserializable(key, typeof(T), failure);
            return null;
        }
    }

    /// <summary>The payload to store for a value, and how long the value is fresh; <see langword="null"/> when it must not or cannot be cached.</summary>
    public (byte[] Payload, byte[] Bytes, TimeSpan FreshFor)? Pack<T>(string key, T value, EntryPolicy policy, TagStamp[] stamps)
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
        value is null || Immutability<T>.IsShareable ? value : bytes.ToArray();

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
