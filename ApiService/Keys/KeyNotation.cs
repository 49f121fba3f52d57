using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RedisAspire.ApiService.Keys;

/// <summary>
/// Keys as text: a key of Redis is any bytes. Text stands for itself in UTF-8, except that a backslash is written
/// <c>\\</c>, and bytes that are no UTF-8 and control characters are written <c>\xHH</c>, each byte by its two
/// hexadecimal digits. Every key has exactly one text that names it.
/// </summary>
internal static class KeyNotation
{
    /// <summary>The description of the notation for the API's documentation.</summary>
    public const string Description =
        @"Keys are shown and given as UTF-8 text in which a backslash is `\\`, and a byte that is no UTF-8 or a control character is `\xHH`.";

    public static string Write(ReadOnlySpan<byte> key)
    {
        var text = new StringBuilder(key.Length);
        Write(text, key, character => character.Value == '\\' ? @"\\" : character.ToString(), part => string.Create(CultureInfo.InvariantCulture, $@"\x{part:x2}"));
        return text.ToString();
    }

    /// <summary>Writes bytes as text in UTF-8, character by character, and those that are none or control characters one by one.</summary>
    public static void Write(StringBuilder text, ReadOnlySpan<byte> bytes, Func<Rune, string> writeCharacter, Func<byte, string> writeByte)
    {
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == OperationStatus.Done && !Rune.IsControl(rune))
                text.Append(writeCharacter(rune));
            else
            {
                foreach (var part in bytes[..length])
                    text.Append(writeByte(part));
            }

            bytes = bytes[length..];
        }
    }

    /// <summary>The key that a text names: a backslash needs another one or <c>xHH</c> behind it.</summary>
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

/// <summary>A glob as Redis understands it: <c>*</c>, <c>?</c>, <c>[a-z]</c>, and a backslash before a literal character. <c>\xHH</c> stands for a byte, as it does in keys.</summary>
/// <param name="Glob">The pattern as it is sent to Redis.</param>
/// <param name="Start">The bytes that every matching key begins with.</param>
internal sealed record KeyPattern(byte[] Glob, byte[] Start)
{
    public const int MaximumLength = 256;

    /// <summary>The most <c>*</c> in a pattern: each multiplies the work of a comparison.</summary>
    public const int MaximumStars = 8;

    public static KeyPattern All { get; } = new("*"u8.ToArray(), []);

    /// <summary>Whether only <see cref="Start"/> itself matches, because there is no wildcard.</summary>
    public bool IsExact { get; private init; }

    public bool IsAll => Glob.AsSpan().SequenceEqual("*"u8);

    public static KeyPattern StartingWith(ReadOnlySpan<byte> prefix)
    {
        var glob = new ArrayBufferWriter<byte>(prefix.Length + 1);
        foreach (var part in prefix)
            WriteLiteral(glob, part);
        glob.Write("*"u8);
        return new KeyPattern(glob.WrittenSpan.ToArray(), prefix.ToArray());
    }

    /// <summary>Reads a pattern, which is not empty, not too long, and does not end within an escape.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out KeyPattern? pattern)
    {
        pattern = null;
        if (text.Length is 0 or > MaximumLength || text.AsSpan().Count('*') > MaximumStars)
            return false;

        var glob = new ArrayBufferWriter<byte>(text.Length);
        var start = new ArrayBufferWriter<byte>(text.Length);
        var isStart = true;
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (KeyNotation.TryReadByte(rest, out var value))
            {
                WriteLiteral(glob, value);
                if (isStart)
                    start.Write([value]);
                rest = rest[4..];
                continue;
            }

            var isEscaped = rest[0] == '\\';
            if (isEscaped && rest.Length == 1)
                return false;
            isStart &= isEscaped || rest[0] is not ('*' or '?' or '[');
            if (isEscaped)
            {
                glob.Write("\\"u8);
                rest = rest[1..];
            }

            _ = Rune.DecodeFromUtf16(rest, out var rune, out var length);
            Write(glob, rune);
            if (isStart)
                Write(start, rune);
            rest = rest[length..];
        }

        pattern = new KeyPattern(glob.WrittenSpan.ToArray(), start.WrittenSpan.ToArray()) { IsExact = isStart };
        return true;
    }

    private static void Write(ArrayBufferWriter<byte> output, Rune rune) => output.Advance(rune.EncodeToUtf8(output.GetSpan(4)));

    private static void WriteLiteral(ArrayBufferWriter<byte> glob, byte part)
    {
        if (part is (byte)'*' or (byte)'?' or (byte)'[' or (byte)']' or (byte)'\\')
            glob.Write("\\"u8);
        glob.Write([part]);
    }
}
