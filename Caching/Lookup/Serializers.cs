using System.Buffers;
using System.Collections.Concurrent;
using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace RedisAspire.Caching.Lookup;

/// <summary>
/// Finds the serializer of a type: one registered for it, else the last registered factory that supports it,
/// else text for strings, bytes for byte arrays, JSON for all other types. The order is that of HybridCache:
/// https://learn.microsoft.com/aspnet/core/performance/caching/hybrid#serialization.
/// </summary>
internal sealed class SerializerCatalog(IServiceProvider services, IOptions<ReplicatedCacheOptions> options)
{
    private readonly ConcurrentDictionary<Type, object> _serializers = new();

    /// <summary>The serializer of a type.</summary>
    /// <exception cref="NotSupportedException">No serializer can read back the values that it writes.</exception>
    public IHybridCacheSerializer<T> Get<T>() =>
        (IHybridCacheSerializer<T>)_serializers.GetOrAdd(typeof(T), static (_, self) => self.Find<T>(), this);

    private object Find<T>()
    {
        if (services.GetService<IHybridCacheSerializer<T>>() is { } registered)
            return registered;

        foreach (var factory in services.GetServices<IHybridCacheSerializerFactory>().Reverse())
        {
            if (factory.TryCreateSerializer<T>(out var created))
                return created;
        }

        if (typeof(T) == typeof(string))
            return new TextSerializer();
        if (typeof(T) == typeof(byte[]))
            return new BytesSerializer();
        return new JsonSerializer<T>(options.Value.SerializerOptions);
    }
}

/// <summary>Stores a string as its UTF-8 text, so that any client can read it.</summary>
internal sealed class TextSerializer : IHybridCacheSerializer<string>
{
    // Text with half a surrogate pair is refused, because it would be changed by the encoding.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public string Deserialize(ReadOnlySequence<byte> source) => Encoding.UTF8.GetString(source);

    public void Serialize(string value, IBufferWriter<byte> target) =>
        // All at once, so that the buffer grows once at most.
        target.Advance(Strict.GetBytes(value, target.GetSpan(Strict.GetByteCount(value))));
}

/// <summary>Stores bytes unchanged.</summary>
internal sealed class BytesSerializer : IHybridCacheSerializer<byte[]>
{
    public byte[] Deserialize(ReadOnlySequence<byte> source) => source.ToArray();

    public void Serialize(byte[] value, IBufferWriter<byte> target)
    {
        // All at once, so that the buffer grows once at most.
        value.CopyTo(target.GetSpan(value.Length));
        target.Advance(value.Length);
    }
}

/// <summary>Stores values of all other types as JSON.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
internal sealed class JsonSerializer<T> : IHybridCacheSerializer<T>
{
    private readonly JsonTypeInfo<T> _type;

    /// <exception cref="NotSupportedException">JSON cannot read back a value of the type.</exception>
    public JsonSerializer(JsonSerializerOptions options)
    {
        options.MakeReadOnly(populateMissingResolver: true);
        JsonRoundTrip.Check(typeof(T), options);
        _type = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
    }

    public T Deserialize(ReadOnlySequence<byte> source)
    {
        if (source.IsSingleSegment)
            return JsonSerializer.Deserialize(source.FirstSpan, _type)!;
        var reader = new Utf8JsonReader(source);
        return JsonSerializer.Deserialize(ref reader, _type)!;
    }

    public void Serialize(T value, IBufferWriter<byte> target)
    {
        using var writer = new Utf8JsonWriter(target);
        JsonSerializer.Serialize(writer, value, _type);
    }
}

/// <summary>
/// Finds types that JSON writes without an error and reads back empty, or not at all. A hit would return a value without
/// its state, so these types are refused before the source is called.
/// </summary>
internal static class JsonRoundTrip
{
    /// <summary>Checks that JSON can read back values of a type.</summary>
    /// <exception cref="NotSupportedException">JSON cannot read them back.</exception>
    public static void Check(Type type, JsonSerializerOptions options)
    {
        var isNotConstructible = type.IsAbstract && options.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object, PolymorphismOptions: null };
        if ((isNotConstructible ? type : FindUnreadable(type, options, [])) is { } unreadable)
        {
            throw new NotSupportedException(
                $"Values of {type} cannot be cached, because JSON cannot read {unreadable} back. Register an IHybridCacheSerializer<T> for it, or set SerializerOptions.");
        }
    }

    private static Type? FindUnreadable(Type type, JsonSerializerOptions options, HashSet<Type> seen)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (!seen.Add(type))
            return null;

        var info = options.GetTypeInfo(type);
        if (info.ElementType is { } element)
            return FindUnreadable(element, options, seen);
        if (info.Kind != JsonTypeInfoKind.Object)
            return null;

        var read = info.Properties.Where(static property => property.Set is not null || property.AssociatedParameter is not null).ToArray();
        if (read.Length == 0 && HasState(type))
            return type;
        return read.Select(property => FindUnreadable(property.PropertyType, options, seen)).FirstOrDefault(static unreadable => unreadable is not null);
    }

    private static bool HasState(Type? type) =>
        type is not null && (type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Length > 0 || HasState(type.BaseType));
}

/// <summary>
/// Whether callers may share one instance of a type. The rule is that of HybridCache: strings, value types without
/// references, and sealed types marked <c>[ImmutableObject(true)]</c> are shared.
/// </summary>
/// <typeparam name="T">The type in question.</typeparam>
internal static class Immutability<T>
{
    public static bool IsShareable { get; } =
        typeof(T) == typeof(string)
        || !RuntimeHelpers.IsReferenceOrContainsReferences<T>()
        || ((typeof(T).IsValueType || typeof(T).IsSealed)
            && typeof(T).GetCustomAttribute<ImmutableObjectAttribute>(inherit: false)?.Immutable == true);
}
