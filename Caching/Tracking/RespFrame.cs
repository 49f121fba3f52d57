using System.Text;
using StackExchange.Redis;

namespace RedisAspire.Caching.Tracking;

/// <summary>One value of the Redis protocol; aggregates hold others.</summary>
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

    /// <summary>The bytes of a string, an error or a big number; empty for anything else.</summary>
    public byte[] Bytes => _payload as byte[] ?? [];

    /// <summary>The elements of an aggregate, those of a map being keys and values by turns; empty for anything else.</summary>
    public RespFrame[] Items => _payload as RespFrame[] ?? [];

    /// <summary><see cref="Bytes"/> as text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>What a map of texts, or a list of names and values by turns, holds under a name.</summary>
    public string? FieldOf(string name)
    {
        for (var i = 0; i + 1 < Items.Length; i += 2)
        {
            if (Items[i].Text == name)
                return Items[i + 1].Text;
        }

        return null;
    }

    public static RespFrame OfInteger(long value) => new(RespKind.Integer, value, payload: null);

    public static RespFrame OfDouble(double value) => new(RespKind.Double, BitConverter.DoubleToInt64Bits(value), payload: null);

    public static RespFrame OfBoolean(bool value) => new(RespKind.Boolean, value ? 1 : 0, payload: null);

    public static RespFrame OfBytes(RespKind kind, byte[] bytes) => new(kind, 0, bytes);

    public static RespFrame OfItems(RespKind kind, RespFrame[] items) => new(kind, 0, items);
}

/// <summary>What a <see cref="RespFrame"/> holds.</summary>
internal enum RespKind : byte
{
    /// <summary>Nothing: <c>_</c>, or <c>$-1</c> and <c>*-1</c> of RESP2.</summary>
    Null,

    /// <summary>A status such as <c>OK</c>.</summary>
    SimpleString,

    /// <summary>An error, short or as a blob.</summary>
    Error,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A floating point number.</summary>
    Double,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A whole number of any size, as its digits.</summary>
    BigNumber,

    /// <summary>Bytes.</summary>
    BlobString,

    /// <summary>Text for people, without its format prefix.</summary>
    VerbatimString,

    /// <summary>A list of frames.</summary>
    Array,

    /// <summary>Frames without order.</summary>
    Set,

    /// <summary>Keys and values by turns.</summary>
    Map,

    /// <summary>A message that is no reply, such as an invalidation.</summary>
    Push,
}

/// <summary>What a <see cref="RespReader"/> takes from the other side before it gives up.</summary>
internal sealed record RespLimits
{
    /// <summary>The longest line: a status, an error, a number or the header of something longer.</summary>
    public int MaximumLineBytes { get; init; } = 64 * 1024;

    /// <summary>The longest blob.</summary>
    public int MaximumBlobBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How deep aggregates may be nested.</summary>
    public int MaximumDepth { get; init; } = 32;

    /// <summary>How many elements one frame may have, those of the aggregates in it included.</summary>
    public int MaximumElements { get; init; } = 1 << 20;
}

/// <summary>The other side does not speak the Redis protocol, or not as agreed; the connection is of no more use.</summary>
internal sealed class RespProtocolException(string message) : Exception(message);

/// <summary>The server answered with an error; the connection goes on.</summary>
internal sealed class RespErrorException(string message) : RedisException(message)
{
    /// <summary>The first word of the error, such as <c>WRONGTYPE</c>.</summary>
    public string Code { get; } = message.Split(' ', 2)[0];
}

/// <summary>
/// Times as Redis tells them. Anybody may let a key expire in a million years, and a number may be anything: what is
/// too long for this process counts as the longest time that it knows.
/// </summary>
internal static class RespTime
{
    public static TimeSpan Milliseconds(long milliseconds) =>
        new((long)Int128.Clamp((Int128)milliseconds * TimeSpan.TicksPerMillisecond, long.MinValue, long.MaxValue));
}
