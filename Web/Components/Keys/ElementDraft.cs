using System.Globalization;

namespace RedisAspire.Web.Components.Keys;

/// <summary>A value, or an element of one, in the form of a dialog.</summary>
public sealed class ElementDraft
{
    private static readonly string[] Infinite = ["inf", "+inf", "-inf"];

    // What names an element that there is already; its bytes may be no text.
    private KeyContent? _name;
    private string? _id;

    /// <summary>The type of the value.</summary>
    public string Type { get; set; } = "string";

    /// <summary>The field of a hash.</summary>
    public string Field { get; set; } = "";

    /// <summary>The value, or the member of a set or sorted set.</summary>
    public string Value { get; set; } = "";

    /// <summary>Whether the value is given as hexadecimal digits.</summary>
    public bool IsHex { get; set; }

    /// <summary>The score in a sorted set.</summary>
    public string Score { get; set; } = "0";

    /// <summary>The fields of an entry of a stream, one <c>field=value</c> a line.</summary>
    public string Fields { get; set; } = "";

    /// <summary>The place in a list: an index, <c>head</c> or <c>tail</c>.</summary>
    public string Position { get; set; } = "tail";

    /// <summary>Whether the element is there already, so that what names it cannot be changed.</summary>
    public bool IsNamed => _name is not null;

    /// <summary>Whether the score is valid.</summary>
    public bool HasScore => Type != "zset" || Infinite.Contains(Score, StringComparer.Ordinal)
        || (double.TryParse(Score, NumberStyles.Float, CultureInfo.InvariantCulture, out var score) && double.IsFinite(score));

    /// <summary>Whether the value is valid.</summary>
    public bool HasValue => !IsHex || (Value.Length % 2 == 0 && Value.All(char.IsAsciiHexDigit));

    /// <summary>Whether the fields are valid.</summary>
    public bool HasFields => Type != "stream" || (Lines.Length > 0 && Lines.All(line => line.IndexOf('=', StringComparison.Ordinal) > 0));

    private string[] Lines => Fields.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The form for an element as it was read.</summary>
    /// <param name="type">The type of the value.</param>
    /// <param name="element">The element; null for a new one.</param>
    /// <returns>The form.</returns>
    public static ElementDraft Of(string type, ElementResponse? element)
    {
        var draft = new ElementDraft { Type = type };
        if (element is null)
            return draft;

        draft._id = element.Id;
        draft._name = type is "set" or "zset" ? Content(element.Value!) : type == "hash" ? Content(element.Field!) : null;
        draft.Field = element.Field?.Data ?? "";
        draft.Value = element.Value?.Data ?? "";
        draft.IsHex = element.Value?.Format == "binary";
        draft.Score = element.Score ?? "0";
        draft.Position = element.Index?.ToString(CultureInfo.InvariantCulture) ?? "tail";
        return draft;
    }

    /// <summary>The element as the API takes it.</summary>
    /// <returns>The element.</returns>
    public KeyElement ToElement() => Type switch
    {
        "hash" => new KeyElement { Field = _name ?? new KeyContent { Text = Field }, Value = Given },
        "zset" => new KeyElement { Value = _name ?? Given, Score = Score.Trim() },
        "set" => new KeyElement { Value = _name ?? Given },
        "stream" => new KeyElement { Id = _id, Fields = _id is null ? [.. Lines.Select(Pair)] : null },
        _ => new KeyElement { Value = Given },
    };

    /// <summary>A change of the element as the API takes it.</summary>
    /// <param name="action"><c>set</c> or <c>remove</c>.</param>
    /// <returns>The change.</returns>
    public ChangeElementRequest ToChange(string action) => new(Type, action, ToElement(), Type == "list" ? Position : null);

    private KeyContent Given => IsHex ? new KeyContent { Hex = Value } : new KeyContent { Text = Value };

    private static KeyContent Content(ContentResponse content) => content.Format == "binary" ? new KeyContent { Hex = content.Data } : new KeyContent { Text = content.Data };

    private static KeyElement Pair(string line)
    {
        var end = line.IndexOf('=', StringComparison.Ordinal);
        return new KeyElement { Field = new KeyContent { Text = line[..end] }, Value = new KeyContent { Text = line[(end + 1)..] } };
    }
}
