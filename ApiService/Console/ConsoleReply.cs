using System.Text;
using RedisAspire.ApiService.Keys;

namespace RedisAspire.ApiService.Console;

/// <summary>Writes a reply as <c>redis-cli</c> does, up to a size.</summary>
internal sealed class ConsoleReply
{
    public const int MaximumLength = 64 * 1024;

    private const string Format = "txt:";

    private const int MaximumElementBytes = 4 * 1024;

    private readonly StringBuilder _text = new();

    /// <summary>Writes a reply. One that is raw is a text of several lines for a person.</summary>
    public ConsoleReply(RedisResult reply, bool isRaw)
    {
        Type = TypeOf(reply);
        if (isRaw)
        {
            var text = ((string?)reply ?? "").ReplaceLineEndings("\n");
            // In RESP3 such a text says of what format it is.
            _text.Append(text.StartsWith(Format, StringComparison.Ordinal) ? text[Format.Length..] : text);
        }
        else
            Write(reply, indent: "");
        if (_text.Length <= MaximumLength)
            return;
        _text.Length = MaximumLength;
        IsTruncated = true;
    }

    public string Type { get; }

    public string Text => _text.ToString().TrimEnd('\n');

    public bool IsTruncated { get; private set; }

    private static string TypeOf(RedisResult reply) => reply switch
    {
        { IsNull: true } => "nil",
        _ => reply.Resp3Type switch
        {
            ResultType.SimpleString => "status",
            ResultType.Integer or ResultType.BigInteger => "integer",
            ResultType.Double => "double",
            ResultType.Boolean => "boolean",
            ResultType.Map => "map",
            ResultType.Set => "set",
            ResultType.Array or ResultType.Push => "array",
            _ => "string",
        },
    };

    private void Write(RedisResult reply, string indent)
    {
        if (_text.Length > MaximumLength)
            return;
        switch (TypeOf(reply))
        {
            case "map":
                WriteItems((RedisResult[])reply!, indent, "#", "(empty hash)", columns: 2);
                return;
            case "set":
                WriteItems((RedisResult[])reply!, indent, "~", "(empty set)");
                return;
            case "array":
                WriteItems((RedisResult[])reply!, indent, ")", "(empty array)");
                return;
            case "string":
                WriteString((byte[])reply!);
                break;
            case "status":
                _text.Append((string?)reply);
                break;
            case "nil":
                _text.Append("(nil)");
                break;
            case "boolean":
                _text.Append((bool)reply ? "(true)" : "(false)");
                break;
            case var number:
                _text.Append(CultureInfo.InvariantCulture, $"({number}) {(string?)reply}");
                break;
        }

        _text.Append('\n');
    }

    // An item is one reply, or a name and its value.
    private void WriteItems(RedisResult[] items, string indent, string mark, string ifEmpty, int columns = 1)
    {
        if (items.Length == 0)
            _text.Append(ifEmpty).Append('\n');
        var width = (items.Length / columns).ToString(CultureInfo.InvariantCulture).Length;
        for (var i = columns; i <= items.Length && _text.Length <= MaximumLength; i += columns)
        {
            _text.Append(i == columns ? "" : indent).Append((i / columns).ToString(CultureInfo.InvariantCulture).PadLeft(width)).Append(mark).Append(' ');
            if (columns == 2)
            {
                Write(items[i - 2], "");
                _text.Length--;
                _text.Append(" => ");
            }

            Write(items[i - 1], indent + new string(' ', width + 2));
        }
    }

    // Text stays text, unlike in redis-cli without --raw: other languages have letters too.
    private void WriteString(byte[] value)
    {
        _text.Append('"');
        KeyNotation.Write(
            _text,
            value.AsSpan(0, Math.Min(value.Length, MaximumElementBytes)),
            character => character.Value is '"' or '\\' ? $"\\{character}" : character.ToString(),
            part => part switch { (byte)'\n' => "\\n", (byte)'\r' => "\\r", (byte)'\t' => "\\t", _ => string.Create(CultureInfo.InvariantCulture, $"\\x{part:x2}") });
        _text.Append('"');
        if (value.Length <= MaximumElementBytes)
            return;
        _text.Append('…');
        IsTruncated = true;
    }
}
