using System.Buffers.Text;
using System.Globalization;

namespace RedisAspire.Caching.Resp;

/// <summary>Reads the numbers of the protocol.</summary>
internal static class RespNumber
{
    private const NumberStyles DoubleStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <exception cref="RespProtocolException">It is no number.</exception>
    public static long Integer(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long value, out var consumed) && consumed == text.Length
            ? value
            : throw new RespProtocolException("A number or a length is malformed.");

    /// <exception cref="RespProtocolException">It is no number.</exception>
    public static double Double(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("inf"u8))
            return double.PositiveInfinity;
        if (text.SequenceEqual("-inf"u8))
            return double.NegativeInfinity;
        if (text.SequenceEqual("nan"u8))
            return double.NaN;
        return double.TryParse(text, DoubleStyle, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new RespProtocolException("A floating point number is malformed.");
    }

    /// <summary>The digits of a number of any size.</summary>
    /// <exception cref="RespProtocolException">It is no number.</exception>
    public static byte[] Big(ReadOnlySpan<byte> text)
    {
        var digits = text is [(byte)'+' or (byte)'-', ..] ? text[1..] : text;
        return digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            ? throw new RespProtocolException("A big number is malformed.")
            : text.ToArray();
    }
}
