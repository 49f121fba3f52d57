using System.Text.Json;

namespace RedisAspire.ApiService.Storage;

/// <summary>
/// Data that instances share through Redis, as JSON with the version of its format. During an upgrade instances have
/// different versions, and other clients can write to the same keys: members that a later version has added are ignored,
/// and values of another format or without a member are not read at all.
/// </summary>
internal static class SharedJson
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Writes a value with the version of its format, which is a new one for every change that earlier versions cannot read.</summary>
    public static byte[] Write<T>(int version, T value)
        where T : class => JsonSerializer.SerializeToUtf8Bytes(new Versioned<T>(version, value), Strict);

    /// <summary>Reads a value; <see langword="null"/> when it is missing or has another format.</summary>
    public static T? TryRead<T>(int version, RedisValue stored)
        where T : class
    {
        if (stored.IsNull)
            return null;
        return TryRead(() => JsonSerializer.Deserialize<Versioned<T>>((byte[])stored!, Strict) is { } read && read.Version == version ? read.Value : null);
    }

    /// <summary>What is read; <see langword="null"/> when that is malformed. Text that is no valid Unicode is detected only when it is read.</summary>
    public static T? TryRead<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private sealed record Versioned<T>(int Version, T Value)
        where T : class;
}
