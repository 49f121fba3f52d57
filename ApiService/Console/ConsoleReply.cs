using System.Globalization;
using System.Text;

namespace RedisAspire.ApiService.Console;

/// <summary>Writes a reply as <c>redis-cli</c> does, up to a size.</summary>
internal sealed class ConsoleReply
{
    public const int MaximumLength = 64 * 1024;

    private const string Format = "txt:";

    private const int MaximumElementBytes = 4 * 1024;

    private readonly StringBuilder _text = new();

    private ConsoleReply(RedisResult reply, bool isRaw)
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

    /// <summary>Writes a reply. One that is raw is a text of several lines for a person.</summary>
    public static ConsoleReply Of(RedisResult reply, bool isRaw) => new(reply, isRaw);

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
            case "nil":
                _text.Append("(nil)\n");
                break;
            case "integer":
                _text.Append(CultureInfo.InvariantCulture, $"(integer) {(string?)reply}\n");
                break;
            case "double":
                _text.Append(CultureInfo.InvariantCulture, $"(double) {(string?)reply}\n");
                break;
            case "boolean":
                _text.Append((bool)reply ? "(true)\n" : "(false)\n");
                break;
            case "status":
                _text.Append((string?)reply).Append('\n');
                break;
            case "map":
                WriteMap((RedisResult[])reply!, indent);
                break;
            case "set":
                WriteItems((RedisResult[])reply!, indent, '~');
                break;
            case "array":
                WriteItems((RedisResult[])reply!, indent, ')');
                break;
            default:
                WriteString((byte[])reply!);
                _text.Append('\n');
                break;
        }
    }

    private void WriteItems(RedisResult[] items, string indent, char mark)
    {
        if (items.Length == 0)
            _text.Append(mark == '~' ? "(empty set)\n" : "(empty array)\n");
        var width = items.Length.ToString(CultureInfo.InvariantCulture).Length;
        for (var i = 0; i < items.Length && _text.Length <= MaximumLength; i++)
        {
            _text.Append(i == 0 ? "" : indent).Append((i + 1).ToString(CultureInfo.InvariantCulture).PadLeft(width)).Append(mark).Append(' ');
            Write(items[i], indent + new string(' ', width + 2));
        }
    }

    private void WriteMap(RedisResult[] pairs, string indent)
    {
        if (pairs.Length == 0)
            _text.Append("(empty hash)\n");
        var width = (pairs.Length / 2).ToString(CultureInfo.InvariantCulture).Length;
        for (var i = 0; i + 1 < pairs.Length && _text.Length <= MaximumLength; i += 2)
        {
            _text.Append(i == 0 ? "" : indent).Append(((i / 2) + 1).ToString(CultureInfo.InvariantCulture).PadLeft(width)).Append("# ");
            Write(pairs[i], "");
            _text.Length--;
            _text.Append(" => ");
            Write(pairs[i + 1], indent + new string(' ', width + 2));
        }
    }

    // Text stays text, unlike in redis-cli without --raw: other languages have letters too.
    private void WriteString(byte[] value)
    {
        _text.Append('"');
        var rest = value.AsSpan(0, Math.Min(value.Length, MaximumElementBytes));
        while (!rest.IsEmpty)
        {
            var isText = Rune.DecodeFromUtf8(rest, out var rune, out var length) == System.Buffers.OperationStatus.Done && !Rune.IsControl(rune);
            if (isText)
                _text.Append(rune.Value is '"' or '\\' ? $"\\{rune}" : rune.ToString());
            else
            {
                foreach (var part in rest[..length])
                    _text.Append(part switch { (byte)'\n' => "\\n", (byte)'\r' => "\\r", (byte)'\t' => "\\t", _ => string.Create(CultureInfo.InvariantCulture, $"\\x{part:x2}") });
            }

            rest = rest[length..];
        }

        _text.Append('"');
        if (value.Length <= MaximumElementBytes)
            return;
        _text.Append('…');
        IsTruncated = true;
    }
}
