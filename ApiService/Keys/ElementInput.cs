using System.Security.Cryptography;
using System.Text;

namespace RedisAspire.ApiService.Keys;

/// <summary>Parses the elements of a value that a client gives into the arguments of the command that stores them, and collects their errors.</summary>
internal sealed class ElementInput(KeyInput input, string type)
{
    public const int MaximumElements = 10_000;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>All elements of a value, for <c>StoreKey.lua</c>.</summary>
    public List<RedisValue> Value(string name, IReadOnlyList<KeyElement?> items)
    {
        var arguments = new List<RedisValue>(items.Count * 2);
        if (items.Count is 0 or > MaximumElements || (type == "string" && items.Count != 1))
            input.Errors[name] = [type == "string" ? "A string has one item." : $"A value has 1 to {MaximumElements} items."];
        var last = "0-0";
        for (var i = 0; i < items.Count && !input.IsWrong; i++)
        {
            var item = string.Create(CultureInfo.InvariantCulture, $"{name}[{i}]");
            if (items[i] is not { } element)
            {
                input.Errors[item] = ["An item is an object."];
                continue;
            }

            switch (type)
            {
                case "hash":
                    arguments.AddRange([Content($"{item}.field", element.Field), Content($"{item}.value", element.Value)]);
                    break;
                case "zset":
                    arguments.AddRange([Score($"{item}.score", element.Score), Content($"{item}.value", element.Value)]);
                    break;
                case "stream":
                    var fields = Fields(item, element.Fields);
                    arguments.AddRange([last = IdAfter($"{item}.id", element.Id, last), fields.Count / 2, .. fields]);
                    break;
                default:
                    arguments.Add(Content($"{item}.value", element.Value));
                    break;
            }
        }

        return arguments;
    }

    /// <summary>One element, for <c>ChangeElement.lua</c>: what names it, its value or score, and the fields of an entry of a stream.</summary>
    public (RedisValue Name, RedisValue Value, List<RedisValue> Fields) Element(ChangeElementRequest change)
    {
        var element = change.Element;
        var isRemoved = change.Action == "remove";
        if (change.Action is not ("set" or "remove"))
            input.Errors["action"] = ["An action is 'set' or 'remove'."];
        return type switch
        {
            "hash" => (Content("element.field", element.Field), isRemoved ? RedisValue.EmptyString : Content("element.value", element.Value), []),
            "set" => (Content("element.value", element.Value), RedisValue.EmptyString, []),
            "zset" => (Content("element.value", element.Value), isRemoved ? RedisValue.EmptyString : Score("element.score", element.Score), []),
            "list" => (Position(change.Position, isRemoved), isRemoved ? RedisValue.EmptyString : Content("element.value", element.Value), []),
            "stream" when isRemoved => (IdAfter("element.id", element.Id ?? "", null), RedisValue.EmptyString, []),
            "stream" => (IdAfter("element.id", element.Id, null), RedisValue.EmptyString, Fields("element", element.Fields)),
            _ => Wrong(),
        };

        (RedisValue, RedisValue, List<RedisValue>) Wrong()
        {
            input.Errors["type"] = ["A string has no elements: it is stored as a whole."];
            return ("", "", []);
        }
    }

    private RedisValue Content(string name, KeyContent? content)
    {
        try
        {
            switch (content)
            {
                case { Text: { } text, Hex: null }:
                    return Strict.GetBytes(text);
                case { Hex: { } hex, Text: null }:
                    return Convert.FromHexString(hex);
            }
        }
        catch (Exception malformed) when (malformed is FormatException or EncoderFallbackException)
        {
            // The error below describes both forms.
        }

        input.Errors[name] = ["It has either 'text' that is valid Unicode, or 'hex' with two hexadecimal digits for each byte."];
        return RedisValue.EmptyString;
    }

    private RedisValue Score(string name, string? score)
    {
        var isNumber = double.TryParse(score, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);
        if (!isNumber && score is not ("inf" or "+inf" or "-inf"))
            input.Errors[name] = ["A score is a number, 'inf' or '-inf'."];
        return (score ?? "").Trim();
    }

    private RedisValue Position(string? position, bool isRemoved)
    {
        var isIndex = long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out _);
        if (!isIndex && (isRemoved || position is not ("head" or "tail")))
            input.Errors["position"] = [isRemoved ? "A position is an index from 0 on." : "A position is an index from 0 on, 'head' or 'tail'."];
        return position ?? "";
    }

    private List<RedisValue> Fields(string name, IReadOnlyList<KeyElement?>? fields)
    {
        if (fields is not { Count: > 0 and <= MaximumElements / 10 })
            input.Errors[$"{name}.fields"] = [$"An entry has 1 to {MaximumElements / 10} fields."];
        return [.. (fields ?? []).SelectMany(field => new[] { Content($"{name}.fields", field?.Field), Content($"{name}.fields", field?.Value) })];
    }

    // Redis takes the ids of a stream in their order only. After an id that Redis makes, there is none to compare with.
    private string IdAfter(string name, string? id, string? last)
    {
        if (id is null && last is null or "0-0" or "*")
            return "*";
        if (id is null || !StreamId.HasBefore(id) || (last is not null && (last == "*" || !StreamId.IsBefore(last, id))))
            input.Errors[name] = ["An id is two numbers with a hyphen, and greater than the one before. All entries have one, or none."];
        return id ?? "";
    }
}

/// <summary>The tag of an element, by which a change is made to the value that was read, or not at all.</summary>
internal static class ElementTag
{
    /// <summary>The tag of a value: the only digest that scripts in Redis can compute.</summary>
    public static string Of(byte[] value) =>
#pragma warning disable CA5350 // The digest protects nothing: it only compares.
        Convert.ToHexStringLower(SHA1.HashData(value));
#pragma warning restore CA5350
}
