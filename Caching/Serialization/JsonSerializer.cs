using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Caching.Hybrid;

namespace RedisAspire.Caching.Serialization;

/// <summary>Everything else is stored as JSON.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
internal sealed class JsonSerializer<T> : IHybridCacheSerializer<T>
{
    private readonly JsonSerializerOptions _options;

    /// <exception cref="NotSupportedException">A value would not come back as it was.</exception>
    public JsonSerializer(JsonSerializerOptions options)
    {
        options.MakeReadOnly(populateMissingResolver: true);
        JsonRoundTrip.Check(typeof(T), options);
        _options = options;
    }

    public T Deserialize(ReadOnlySequence<byte> source)
    {
        var reader = new Utf8JsonReader(source);
        return JsonSerializer.Deserialize<T>(ref reader, _options)!;
    }

    public void Serialize(T value, IBufferWriter<byte> target)
    {
        using var writer = new Utf8JsonWriter(target);
        JsonSerializer.Serialize(writer, value, _options);
    }
}
