using System.Buffers;
using System.Text.Json;

namespace RedisAspire.ApiService.Events;

/// <summary>Events as they are sent, made once for however many clients.</summary>
internal sealed class EventFrame(JsonSerializerOptions json)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>What is to be sent until now.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>Adds an event.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="data">What it says. In JSON it has one line.</param>
    public EventFrame Add<T>(string type, T data)
    {
        _bytes.Write("event: "u8);
        _bytes.Write(System.Text.Encoding.UTF8.GetBytes(type));
        _bytes.Write("\ndata: "u8);
        _bytes.Write(JsonSerializer.SerializeToUtf8Bytes(data, json));
        _bytes.Write("\n\n"u8);
        return this;
    }
}
