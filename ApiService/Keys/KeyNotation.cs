using System.Buffers;
using System.Globalization;
using System.Text;

namespace RedisAspire.ApiService.Keys;

/// <summary>
/// Keys as text: a key of Redis is any bytes. Text stands for itself in UTF-8, except that a backslash is written
/// <c>\\</c>, and bytes that are no UTF-8 and control characters are written <c>\xHH</c>, each byte by its two
/// hexadecimal digits. Every key has one such text and can be named by it.
/// </summary>
internal static class KeyNotation
{
    /// <summary>What a key looks like.</summary>
    public const string Description =
        @"Keys are shown and given as UTF-8 text in which a backslash is `\\`, and a byte that is no UTF-8 or a control character is `\xHH`.";

    /// <summary>The text of a key.</summary>
    public static string Write(ReadOnlySpan<byte> key)
    {
        var text = new StringBuilder(key.Length);
        while (!key.IsEmpty)
        {
            var isText = Rune.DecodeFromUtf8(key, out var rune, out var length) == OperationStatus.Done && !Rune.IsControl(rune);
            if (isText)
                text.Append(rune.Value == '\\' ? @"\\" : rune.ToString());
            else
            {
                foreach (var part in key[..length])
                    text.Append(CultureInfo.InvariantCulture, $@"\x{part:x2}");
            }

            key = key[length..];
        }

        return text.ToString();
    }

    /// <summary>The key that a text names.</summary>
    /// <returns>Whether it names one: a backslash needs another one or <c>xHH</c> behind it.</returns>
    public static bool TryRead(string text, out byte[] key)
    {
        var bytes = new ArrayBufferWriter<byte>(text.Length + 1);
        key = [];
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var length = TakeText(rest, bytes);
            rest = rest[length..];
            if (rest.IsEmpty)
                break;
            if (TryReadByte(rest, out var value))
                (bytes.GetSpan(1)[0], length) = (value, 4);
            else if (rest.StartsWith(@"\\"))
                (bytes.GetSpan(1)[0], length) = ((byte)'\\', 2);
            else
                return false;
            bytes.Advance(1);
            rest = rest[length..];
        }

        key = bytes.WrittenSpan.ToArray();
        return true;
    }

    /// <summary>Reads <c>\xHH</c> at the beginning of a text.</summary>
    public static bool TryReadByte(ReadOnlySpan<char> text, out byte value)
    {
        value = 0;
        return text is ['\\', 'x', _, _, ..] && byte.TryParse(text.Slice(2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private static int TakeText(ReadOnlySpan<char> text, ArrayBufferWriter<byte> output)
    {
        var length = text.IndexOf('\\') is >= 0 and var backslash ? backslash : text.Length;
        Encoding.UTF8.GetBytes(text[..length], output);
        return length;
    }
}
