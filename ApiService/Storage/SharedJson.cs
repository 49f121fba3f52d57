using System.Text.Json;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Storage;

/// <summary>
/// What instances tell each other through Redis, as JSON with the version of its form. While an upgrade is under way they
/// are of different versions, and anybody can write there: members that a later version has added are passed over, and
/// what is of another form or incomplete is not understood at all.
/// </summary>
internal static class SharedJson
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Writes a value.</summary>
    /// <param name="version">The version of its form, another one for each that earlier ones cannot read.</param>
    /// <param name="value">The value.</param>
    public static byte[] Write<T>(int version, T value)
        where T : class => JsonSerializer.SerializeToUtf8Bytes(new Versioned<T>(version, value), Strict);

    /// <summary>Reads a value.</summary>
    /// <param name="version">The version of its form.</param>
    /// <param name="stored">What is in Redis.</param>
    /// <returns><see langword="null"/> when it is of another form, or not there.</returns>
    public static T? TryRead<T>(int version, RedisValue stored)
        where T : class
    {
        if (stored.IsNull)
            return null;
        try
        {
            return JsonSerializer.Deserialize<Versioned<T>>((byte[])stored!, Strict) is { } read && read.Version == version ? read.Value : null;
        }
        // Text that is no Unicode is met only when it is read.
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private sealed record Versioned<T>(int Version, T Value)
        where T : class;
}
