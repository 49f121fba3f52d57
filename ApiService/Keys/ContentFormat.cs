using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace RedisAspire.ApiService.Keys;

/// <summary>Shows bytes as a person can read them.</summary>
internal static class ContentFormat
{
    /// <summary>The most bytes of an element that are shown.</summary>
    public const int MaximumBytes = 4 * 1024;

    /// <summary>Shows an element, or its beginning.</summary>
    public static ContentResponse Of(ReadOnlySpan<byte> bytes) =>
        bytes.Length <= MaximumBytes ? Of(bytes, bytes.Length) : Of(bytes[..WholeCharacters(bytes[..MaximumBytes])], bytes.Length);

    /// <summary>Shows a part of so many bytes in all.</summary>
    public static ContentResponse Of(ReadOnlySpan<byte> part, long total)
    {
        var isTruncated = part.Length < total;
        if (!IsText(part))
            return new ContentResponse("binary", Convert.ToHexStringLower(part), total, isTruncated);
        return new ContentResponse(!isTruncated && IsJson(part) ? "json" : "text", Encoding.UTF8.GetString(part), total, isTruncated);
    }

    /// <summary>How many of the bytes are left without the first ones of a character whose last ones are missing.</summary>
    public static int WholeCharacters(ReadOnlySpan<byte> part) =>
        Rune.DecodeLastFromUtf8(part, out _, out var length) == OperationStatus.NeedMoreData ? part.Length - length : part.Length;

    private static bool IsText(ReadOnlySpan<byte> bytes) =>
        Utf8.IsValid(bytes) && !bytes.ContainsAnyInRange((byte)0, (byte)8) && !bytes.ContainsAnyInRange((byte)14, (byte)31) && !bytes.Contains((byte)127);

    // A number or a word would be JSON as well, but gains nothing from being shown as that.
    private static bool IsJson(ReadOnlySpan<byte> bytes)
    {
        if (bytes.TrimStart(" \t\r\n"u8) is not [(byte)'{' or (byte)'[', ..])
            return false;

        var reader = new Utf8JsonReader(bytes);
        try
        {
            while (reader.Read())
            {
                // Half of a surrogate pair is well-formed JSON, but no valid text that could be shown.
                if (reader is { ValueIsEscaped: true, TokenType: JsonTokenType.String or JsonTokenType.PropertyName })
                    _ = reader.GetString();
            }

            return true;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
