using System.Globalization;

namespace RedisAspire.Web.Components.Keys;

/// <summary>A value, or an element of one, in the form of a dialog.</summary>
public sealed class ElementDraft
{
    private static readonly string[] Infinite = ["inf", "+inf", "-inf"];

    // What names an element that there is already; its bytes may be no text.
    private KeyContent? _name;
    private string? _id;

    internal string Type { get; set; } = "string";

    internal string Field { get; set; } = "";

    /// <summary>The value, or the member of a set or sorted set.</summary>
    internal string Value { get; set; } = "";

    /// <summary>Whether the value is given as hexadecimal digits.</summary>
    internal bool IsHex { get; set; }

    internal string Score { get; set; } = "0";

    /// <summary>The fields of an entry of a stream, one <c>field=value</c> a line.</summary>
    internal string Fields { get; set; } = "";

    /// <summary>The place in a list: an index, <c>head</c> or <c>tail</c>.</summary>
    internal string Position { get; set; } = "tail";

    /// <summary>Whether the element is there already, so that what names it cannot be changed.</summary>
    internal bool IsNamed => _name is not null;

    internal bool HasScore => Type != "zset" || Infinite.Contains(Score, StringComparer.Ordinal)
        || (double.TryParse(Score, NumberStyles.Float, CultureInfo.InvariantCulture, out var score) && double.IsFinite(score));

    internal bool HasValue => !IsHex || (Value.Length % 2 == 0 && Value.All(char.IsAsciiHexDigit));

    internal bool HasFields => Type != "stream" || (Lines.Length > 0 && Lines.All(line => line.IndexOf('=', StringComparison.Ordinal) > 0));

    private string[] Lines => Fields.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The form for an element as it was read; null for a new one.</summary>
    internal static ElementDraft Of(string type, ElementResponse? element)
    {
        var draft = new ElementDraft { Type = type };
        if (element is null)
            return draft;

        draft._id = element.Id;
        draft._name = type switch { "set" or "zset" => Content(element.Value!), "hash" => Content(element.Field!), _ => null };
        draft.Field = element.Field?.Data ?? "";
        draft.Value = element.Value?.Data ?? "";
        draft.IsHex = element.Value?.Format == "binary";
        draft.Score = element.Score ?? "0";
        draft.Position = element.Index?.ToString(CultureInfo.InvariantCulture) ?? "tail";
        return draft;
    }

    internal KeyElement ToElement() => Type switch
    {
        "hash" => new KeyElement { Field = _name ?? new KeyContent { Text = Field }, Value = Given },
        "zset" => new KeyElement { Value = _name ?? Given, Score = Score.Trim() },
        "set" => new KeyElement { Value = _name ?? Given },
        "stream" => new KeyElement { Id = _id, Fields = _id is null ? [.. Lines.Select(Pair)] : null },
        _ => new KeyElement { Value = Given },
    };

    /// <summary>A change of the element; the action is <c>set</c> or <c>remove</c>.</summary>
    internal ChangeElementRequest ToChange(string action) => new(Type, action, ToElement(), Type == "list" ? Position : null);

    private KeyContent Given => IsHex ? new KeyContent { Hex = Value } : new KeyContent { Text = Value };

    private static KeyContent Content(ContentResponse content) => content.Format == "binary" ? new KeyContent { Hex = content.Data } : new KeyContent { Text = content.Data };

    private static KeyElement Pair(string line)
    {
        var end = line.IndexOf('=', StringComparison.Ordinal);
        return new KeyElement { Field = new KeyContent { Text = line[..end] }, Value = new KeyContent { Text = line[(end + 1)..] } };
    }
}
