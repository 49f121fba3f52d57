using System.Text.Encodings.Web;
using System.Text.Json;

namespace RedisAspire.Web.Components.Keys;

internal static class IndentedJson
{
    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Formats JSON, and returns any other text unchanged.</summary>
    public static string Of(string json)
    {
        try
        {
            return JsonSerializer.Serialize(JsonElement.Parse(json), Pretty);
        }
        // An unpaired surrogate is detected only when it is written.
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or ArgumentException)
        {
            return json;
        }
    }
}

internal static class HexDump
{
    /// <summary>Writes bytes as hexadecimal digits, sixteen a line, with the printable characters beside them.</summary>
    public static string Of(byte[] bytes) => string.Concat(bytes.Chunk(16).Select((line, number) =>
        $"{number * 16:x8}  {BitConverter.ToString(line).Replace('-', ' ').ToLowerInvariant(),-47}  {string.Concat(line.Select(part => part is >= 0x20 and < 0x7f ? (char)part : '.'))}\n"));
}
