using System.Buffers.Text;
using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace RedisAspire.Caching.Tracking;

/// <summary>One value of the Redis protocol; an aggregate contains other values.</summary>
internal readonly struct RespFrame
{
    private readonly long _number;
    private readonly object? _payload;

    private RespFrame(RespKind kind, long number, object? payload)
    {
        Kind = kind;
        _number = number;
        _payload = payload;
    }

    public RespKind Kind { get; }

    /// <summary>The number of a <see cref="RespKind.Integer"/>; 1 or 0 for a <see cref="RespKind.Boolean"/>.</summary>
    public long Integer => _number;

    /// <summary>The number of a <see cref="RespKind.Double"/>.</summary>
    public double Double => BitConverter.Int64BitsToDouble(_number);

    /// <summary>The bytes of a string, an error or a big number; empty for other kinds.</summary>
    public byte[] Bytes => _payload as byte[] ?? [];

    /// <summary>The elements of an aggregate (keys and values alternate in a map); empty for other kinds.</summary>
    public RespFrame[] Items => _payload as RespFrame[] ?? [];

    /// <summary><see cref="Bytes"/> as text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    public static RespFrame OfInteger(long value) => new(RespKind.Integer, value, payload: null);

    public static RespFrame OfDouble(double value) => new(RespKind.Double, BitConverter.DoubleToInt64Bits(value), payload: null);

    public static RespFrame OfBoolean(bool value) => new(RespKind.Boolean, value ? 1 : 0, payload: null);

    public static RespFrame OfBytes(RespKind kind, byte[] bytes) => new(kind, 0, bytes);

    public static RespFrame OfItems(RespKind kind, RespFrame[] items) => new(kind, 0, items);
}

/// <summary>An array, set, map, push or attribute whose elements are still being read.</summary>
internal struct RespAggregate
{
    // The array grows with the received elements; the announced count is not trusted.
    private const int FirstCapacity = 16;

    private readonly char _type;
    private RespFrame[] _items;
    private int _count;

    public RespAggregate(char type, int count)
    {
        _type = type;
        Expected = type is '%' or '|' ? 2 * count : count;
        _items = IsAttribute || Expected == 0 ? [] : new RespFrame[Math.Min(Expected, FirstCapacity)];
    }

    /// <summary>The announced number of elements; the keys and values of a map count separately.</summary>
    public int Expected { get; }

    public readonly bool IsFull => _count == Expected;

    /// <summary>Whether this is an attribute, which is skipped.</summary>
    public readonly bool IsAttribute => _type == '|';

    public void Add(RespFrame item)
    {
        if (!IsAttribute)
        {
            if (_count == _items.Length)
                Array.Resize(ref _items, Math.Min(Expected, 2 * _count));
            _items[_count] = item;
        }

        _count++;
    }

    public readonly RespFrame ToFrame() => RespFrame.OfItems(
        _type switch
        {
            '~' => RespKind.Set,
            '%' or '|' => RespKind.Map,
            '>' => RespKind.Push,
            _ => RespKind.Array,
        },
        _items);
}

/// <summary>The kinds of a <see cref="RespFrame"/>.</summary>
internal enum RespKind : byte
{
    /// <summary>Null: <c>_</c>, or <c>$-1</c> and <c>*-1</c> of RESP2.</summary>
    Null,

    /// <summary>A status such as <c>OK</c>.</summary>
    SimpleString,

    /// <summary>An error, simple or as a blob.</summary>
    Error,

    /// <summary>A 64-bit integer.</summary>
    Integer,

    /// <summary>A floating point number.</summary>
    Double,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>An integer of any size, as its digits.</summary>
    BigNumber,

    /// <summary>Bytes.</summary>
    BlobString,

    /// <summary>Text for display, without its format prefix.</summary>
    VerbatimString,

    /// <summary>A list of frames.</summary>
    Array,

    /// <summary>An unordered collection of frames.</summary>
    Set,

    /// <summary>Keys and values, alternating.</summary>
    Map,

    /// <summary>A message that is not a reply, such as an invalidation.</summary>
    Push,
}

/// <summary>The limits of a <see cref="RespReader"/>; input beyond them is a protocol error.</summary>
internal sealed record RespLimits
{
    /// <summary>The longest line: a status, an error, a number or the header of a blob or aggregate.</summary>
    public int MaximumLineBytes { get; init; } = 64 * 1024;

    /// <summary>The longest blob.</summary>
    public int MaximumBlobBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The greatest depth of nested aggregates.</summary>
    public int MaximumDepth { get; init; } = 32;

    /// <summary>The most elements of one frame, including those of nested aggregates.</summary>
    public int MaximumElements { get; init; } = 1 << 20;
}

/// <summary>The node violated the Redis protocol; the connection cannot be used any longer.</summary>
internal sealed class RespProtocolException(string message) : Exception(message);

/// <summary>The node replied with an error; the connection remains usable.</summary>
internal sealed class RespErrorException(string message) : RedisException(message)
{
    /// <summary>The first word of the error, such as <c>WRONGTYPE</c>.</summary>
    public string Code { get; } = message.Split(' ', 2)[0];
}

/// <summary>
/// Converts times from Redis. A key may expire in a million years, and a number may be anything, so a time beyond the range
/// of .NET becomes the longest time that .NET can represent.
/// </summary>
internal static class RespTime
{
    public static TimeSpan Milliseconds(long milliseconds) =>
        new((long)Int128.Clamp((Int128)milliseconds * TimeSpan.TicksPerMillisecond, long.MinValue, long.MaxValue));
}

/// <summary>Parses the numbers of the protocol.</summary>
internal static class RespNumber
{
    private const NumberStyles DoubleStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <exception cref="RespProtocolException">The text is not a number.</exception>
    public static long Integer(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long value, out var consumed) && consumed == text.Length
            ? value
            : throw new RespProtocolException("A number or a length is malformed.");

    /// <exception cref="RespProtocolException">The text is not a number.</exception>
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

    /// <summary>The digits of an integer of any size.</summary>
    /// <exception cref="RespProtocolException">The text is not a number.</exception>
    public static byte[] Big(ReadOnlySpan<byte> text)
    {
        var digits = text is [(byte)'+' or (byte)'-', ..] ? text[1..] : text;
        return digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            ? throw new RespProtocolException("A big number is malformed.")
            : text.ToArray();
    }
}
