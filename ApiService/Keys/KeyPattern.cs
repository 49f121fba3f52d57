using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RedisAspire.ApiService.Keys;

/// <summary>
/// A glob as Redis understands it: <c>*</c>, <c>?</c>, <c>[a-z]</c>, and a backslash before what is to be taken
/// literally. Beyond that <c>\xHH</c> stands for a byte, as it does in keys.
/// </summary>
/// <param name="Glob">What is sent to Redis.</param>
/// <param name="Start">What every key that matches begins with.</param>
internal sealed record KeyPattern(byte[] Glob, byte[] Start)
{
    /// <summary>The longest pattern, in characters.</summary>
    public const int MaximumLength = 256;

    /// <summary>The most <c>*</c> in a pattern: each multiplies the work of a comparison.</summary>
    public const int MaximumStars = 8;

    /// <summary>Every key.</summary>
    public static KeyPattern All { get; } = new("*"u8.ToArray(), []);

    /// <summary>Whether only <see cref="Start"/> itself matches, because there is no wildcard.</summary>
    public bool IsExact { get; private init; }

    /// <summary>Whether every key matches.</summary>
    public bool IsAll => Glob.AsSpan().SequenceEqual("*"u8);

    /// <summary>The keys that begin with <paramref name="prefix"/>.</summary>
    public static KeyPattern StartingWith(ReadOnlySpan<byte> prefix)
    {
        var glob = new ArrayBufferWriter<byte>(prefix.Length + 1);
        foreach (var part in prefix)
            WriteLiteral(glob, part);
        glob.Write("*"u8);
        return new KeyPattern(glob.WrittenSpan.ToArray(), prefix.ToArray());
    }

    /// <summary>Reads a pattern.</summary>
    /// <returns>Whether it is one: not empty, not too long, and not ending within an escape.</returns>
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
