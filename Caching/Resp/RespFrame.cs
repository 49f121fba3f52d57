using System.Text;

namespace RedisAspire.Caching.Resp;

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
