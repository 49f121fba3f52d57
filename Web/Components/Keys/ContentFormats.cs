using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RedisAspire.Web.Components.Keys;

/// <summary>Formats JSON with line breaks and indentation.</summary>
internal static class IndentedJson
{
    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Formats JSON, and returns any other text unchanged.</summary>
    public static string Of(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return JsonSerializer.Serialize(document.RootElement, Pretty);
        }
        // An unpaired surrogate is detected only when it is written.
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or ArgumentException)
        {
            return json;
        }
    }
}

/// <summary>Bytes as hexadecimal digits, with the printable characters beside them.</summary>
public static class HexDump
{
    private const int LineLength = 16;

    /// <summary>Writes bytes, sixteen a line.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The lines.</returns>
    public static string Write(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        for (var start = 0; start < bytes.Length; start += LineLength)
        {
            var line = bytes[start..Math.Min(start + LineLength, bytes.Length)];
            text.Append(CultureInfo.InvariantCulture, $"{start:x8} ");
            for (var i = 0; i < LineLength; i++)
                text.Append(i < line.Length ? string.Create(CultureInfo.InvariantCulture, $" {line[i]:x2}") : "   ");
            text.Append("  ");
            foreach (var part in line)
                text.Append(part is >= 0x20 and < 0x7f ? (char)part : '.');
            text.Append('\n');
        }

        return text.ToString();
    }
}
