using System.Globalization;
using System.Text;

namespace RedisAspire.Standalone.Redis;

/// <summary>What a Redis process answers to a command; a conversion says what is expected.</summary>
internal sealed class RedisReply
{
    // A byte[], a long, a RedisReply[] or null.
    private readonly object? _value;

    private RedisReply(object? value) => _value = value;

    /// <summary>The null reply.</summary>
    public static RedisReply Null { get; } = new(null);

    /// <summary>Whether there is no value.</summary>
    public bool IsNull => _value is null;

    public static RedisReply Of(byte[] text) => new(text);

    public static RedisReply Of(long number) => new(number);

    public static RedisReply Of(RedisReply[] elements) => new(elements);

    public static explicit operator byte[]?(RedisReply reply) => reply._value switch
    {
        null => null,
        byte[] bytes => bytes,
        long number => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)),
        _ => throw new InvalidCastException("The reply has several elements."),
    };

    public static explicit operator string?(RedisReply reply) => (byte[]?)reply is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    public static explicit operator long(RedisReply reply) => reply._value switch
    {
        long number => number,
        byte[] bytes => long.Parse(bytes, CultureInfo.InvariantCulture),
        _ => throw new InvalidCastException("The reply is no number."),
    };

    public static explicit operator int(RedisReply reply) => checked((int)(long)reply);

    public static explicit operator bool(RedisReply reply) => (long)reply != 0;

    public static explicit operator RedisReply[](RedisReply reply) =>
        reply._value as RedisReply[] ?? throw new InvalidCastException("The reply has no elements.");
}
