using System.Buffers.Text;
using System.Text;

namespace RedisAspire.ApiService.Keys;

/// <summary>Parses the parameters of a request, and collects their errors.</summary>
internal sealed class KeyInput
{
    public const string WrongCursor = "A cursor is what an earlier answer of the same node, to the same question, gave as 'next'.";

    private const int MaximumSeparatorLength = 16;
    private const int MaximumNameLength = 4096;
    private const double MaximumSeconds = 315_360_000_000;

    private static readonly string[] Types = ["string", "list", "set", "zset", "hash", "stream"];

    public Dictionary<string, string[]> Errors { get; } = new(StringComparer.Ordinal);

    public bool IsWrong => Errors.Count > 0;

    /// <summary>The errors; or the answer to the request, when there are none.</summary>
    public async Task<Results<Ok<T>, ValidationProblem>> OkAsync<T>(Func<Task<T>> answer) => IsWrong ? TypedResults.ValidationProblem(Errors) : TypedResults.Ok(await answer());

    public byte[] Key(string? text)
    {
        if (text is null)
            Errors["key"] = ["A key has to be given."];
        return Bytes("key", text);
    }

    public byte[] Name(string name, string? text)
    {
        var bytes = Bytes(name, text);
        if (text is { Length: 0 or > MaximumNameLength })
            Errors[name] = [$"The name of a key has 1 to {MaximumNameLength} characters."];
        return bytes;
    }

    public TimeSpan? TimeToLive(string name, double? seconds)
    {
        if (seconds is < 0.001 or > MaximumSeconds || (seconds is { } given && double.IsNaN(given)))
            Errors[name] = ["A time to live is a number of seconds from 0.001 to 315360000000."];
        return IsWrong || seconds is null ? null : TimeSpan.FromSeconds(seconds.Value);
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

    public KeyCursor? ScanCursor(string? text, string? node) => Cursor(text, node, KeyScan.IsPosition);

    /// <summary>Reads a cursor, which must be one of <paramref name="node"/> if that is given.</summary>
    public KeyCursor? Cursor(string? text, string? node, Predicate<string>? isPosition = null)
    {
        if (text is null)
            return null;
        if (KeyCursor.Parse(text) is { } cursor && cursor.Node == (node ?? cursor.Node) && isPosition?.Invoke(cursor.Position) != false)
            return cursor;
        Errors["cursor"] = [WrongCursor];
        return null;
    }

    private byte[] Bytes(string name, string? text)
    {
        if (!KeyNotation.TryRead(text ?? "", out var bytes))
            Errors[name] = [@"A backslash is written as '\\', and a byte as '\x' with two hexadecimal digits."];
        return bytes;
    }
}

/// <summary>A position in the keys of a node, opaque to clients. Every node has its own order of keys, so the position is valid on that node only.</summary>
internal sealed record KeyCursor(string Node, string Position)
{
    public static KeyCursor? Parse(string text) =>
        Base64Url.IsValid(text) && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(' ') is [{ Length: > 0 } node, { Length: > 0 } position]
            ? new KeyCursor(node, position)
            : null;

    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{Node} {Position}"));
}
