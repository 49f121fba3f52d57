using System.Globalization;
using System.Text;

namespace RedisAspire.Web.Components.Keys;

/// <summary>Bytes as hexadecimal digits, with what they are as text beside.</summary>
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
