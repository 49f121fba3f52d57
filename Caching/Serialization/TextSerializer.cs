using System.Buffers;
using System.Text;
using Microsoft.Extensions.Caching.Hybrid;

namespace RedisAspire.Caching.Serialization;

/// <summary>A string is stored as its UTF-8 text, so that any client reads what it expects.</summary>
internal sealed class TextSerializer : IHybridCacheSerializer<string>
{
    // Text that would come back changed is none.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public string Deserialize(ReadOnlySequence<byte> source) => Encoding.UTF8.GetString(source);

    public void Serialize(string value, IBufferWriter<byte> target) => Strict.GetBytes(value, target);
}
