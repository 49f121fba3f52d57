using System.ComponentModel.DataAnnotations;

namespace RedisAspire.ApiService.Storage;

/// <summary>The id of an entry of a stream, as the position of a page. Redis refuses a position before the first or after the last possible id.</summary>
internal static class StreamId
{
    private const string Greatest = "18446744073709551615-18446744073709551615";

    /// <summary>Whether a text is an id, and there may be an entry before it.</summary>
    public static bool HasBefore(string id) => Parts(id) is { } parts && parts != (0, 0);

    /// <summary>Whether a text is an id, and there may be an entry after it.</summary>
    public static bool HasAfter(string id) => Parts(id) is not null && id != Greatest;

    public static bool IsBefore(string id, string other) => Parts(id) is { } first && Parts(other) is { } second && first.CompareTo(second) < 0;

    // An id is two numbers of 64 bits without leading zeros.
    private static (ulong Milliseconds, ulong Number)? Parts(string id) =>
        id.Split('-') is [var first, var second] && Number(first) is { } milliseconds && Number(second) is { } number ? (milliseconds, number) : null;

    private static ulong? Number(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && (text == "0" || text[0] != '0') ? number : null;
}

/// <summary>The id of an entry of a stream, as the cursor of a page that begins before it.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class StreamCursorAttribute() : ValidationAttribute("The cursor is not the 'next' of a page.")
{
    public override bool IsValid(object? value) => value is not string cursor || StreamId.HasBefore(cursor);
}
