using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RedisAspire.ApiService.Keys;

/// <summary>Reads what a request says, and collects what is wrong with it.</summary>
internal sealed class KeyInput
{
    /// <summary>The longest separator of a tree, in characters.</summary>
    private const int MaximumSeparatorLength = 16;

    // Ten years.
    private const long MaximumSeconds = 10L * 365 * 24 * 60 * 60;

    private static readonly string[] Types = ["string", "list", "set", "zset", "hash", "stream"];

    /// <summary>What is wrong with a cursor.</summary>
    public static Dictionary<string, string[]> WrongCursor { get; } = new(StringComparer.Ordinal)
    {
        ["cursor"] = ["A cursor is what an earlier answer of the same node, to the same question, gave as 'next'."],
    };

    /// <summary>What is wrong, by the name of the parameter.</summary>
    public Dictionary<string, string[]> Errors { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether anything is.</summary>
    public bool IsWrong => Errors.Count > 0;

    public byte[] Key(string? text)
    {
        if (text is null)
            Errors["key"] = ["A key has to be given."];
        return Bytes("key", text);
    }

    public byte[] Prefix(string? text) => Bytes("prefix", text);

    public byte[] Separator(string? text)
    {
        if (text is { Length: 0 or > MaximumSeparatorLength })
            Errors["separator"] = [$"A separator has 1 to {MaximumSeparatorLength} characters."];
        return Bytes("separator", text ?? ":");
    }

    public KeyPattern Pattern(string? text)
    {
        if (text is null)
            return KeyPattern.All;
        if (KeyPattern.TryRead(text, out var pattern))
            return pattern;
        Errors["pattern"] = [$"A pattern has 1 to {KeyPattern.MaximumLength} characters, at most {KeyPattern.MaximumStars} of them '*', and something behind every backslash."];
        return KeyPattern.All;
    }

    public string? Type(string? text)
    {
        if (text is not null && !Types.Contains(text, StringComparer.Ordinal))
            Errors["type"] = [$"A type is one of {string.Join(", ", Types)}."];
        return text;
    }

    public int Limit(int? limit, int usual, int maximum)
    {
        if (limit is < 1 || limit > maximum)
            Errors["limit"] = [$"A limit is a number from 1 to {maximum}."];
        return limit ?? usual;
    }

    public long Seconds(long seconds)
    {
        if (seconds is < 1 or > MaximumSeconds)
            Errors["seconds"] = [$"A time to live is a number of seconds from 1 to {MaximumSeconds}."];
        return seconds;
    }

    /// <summary>Reads the cursor of a scan.</summary>
    public KeyCursor? ScanCursor(string? text, string? node)
    {
        var cursor = Cursor(text, node);
        if (cursor is null || KeyScan.IsPosition(cursor.Position))
            return cursor;
        Errors["cursor"] = WrongCursor["cursor"];
        return null;
    }

    /// <summary>Reads a cursor; one of another node than <paramref name="node"/> is wrong.</summary>
    public KeyCursor? Cursor(string? text, string? node)
    {
        if (text is null)
            return null;
        if (KeyCursor.TryRead(text, out var cursor) && cursor.Node == (node ?? cursor.Node))
            return cursor;
        Errors["cursor"] = WrongCursor["cursor"];
        return null;
    }

    private byte[] Bytes(string name, string? text)
    {
        if (!KeyNotation.TryRead(text ?? "", out var bytes))
            Errors[name] = [@"A backslash is written as '\\', and a byte as '\x' with two hexadecimal digits."];
        return bytes;
    }
}

/// <summary>Where to go on, opaque to clients. Every node has its own order of keys, so that a position is worth nothing without the node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Position">What the node calls the position.</param>
internal sealed record KeyCursor(string Node, string Position)
{
    public static bool TryRead(string text, [NotNullWhen(true)] out KeyCursor? cursor)
    {
        cursor = null;
        if (!Base64Url.IsValid(text))
            return false;
        if (Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(' ') is not [{ Length: > 0 } node, { Length: > 0 } position])
            return false;
        cursor = new KeyCursor(node, position);
        return true;
    }

    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{Node} {Position}"));
}
