using System.Globalization;

namespace RedisAspire.ApiService.Storage;

/// <summary>The id of an entry of a stream, as a position from which to go on. Redis refuses to look beyond the first and the last id there can be.</summary>
internal static class StreamId
{
    private const string Greatest = "18446744073709551615-18446744073709551615";

    /// <summary>Whether a text is the id of an entry that there may be another one before.</summary>
    public static bool HasBefore(string id) => Parts(id) is { } parts && parts != (0, 0);

    /// <summary>Whether a text is the id of an entry that there may be another one after.</summary>
    public static bool HasAfter(string id) => Parts(id) is not null && id != Greatest;

    // Two numbers of 64 bits, each written in one way only.
    private static (ulong Milliseconds, ulong Number)? Parts(string id) =>
        id.Split('-') is [var first, var second] && Number(first) is { } milliseconds && Number(second) is { } number ? (milliseconds, number) : null;

    private static ulong? Number(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && (text == "0" || text[0] != '0') ? number : null;
}
