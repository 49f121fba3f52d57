using System.Text;

namespace RedisAspire.ApiService.Console;

/// <summary>Splits a line into its arguments, as <c>redis-cli</c> does.</summary>
internal static class ConsoleLine
{
    public const int MaximumArguments = 200;

    /// <summary>The arguments of a line as bytes; <see langword="null"/> when a quotation mark is not closed, or something follows it without a blank.</summary>
    public static byte[][]? Split(string line)
    {
        var arguments = new List<byte[]>();
        for (var rest = line.AsSpan().Trim(); !rest.IsEmpty; rest = rest.TrimStart())
        {
            var argument = new List<byte>();
            var quote = '\0';
            while (!rest.IsEmpty && (quote != '\0' || !char.IsWhiteSpace(rest[0])))
            {
                if (quote != '\0' && rest[0] == quote)
                {
                    if (rest.Length > 1 && !char.IsWhiteSpace(rest[1]))
                        return null;
                    quote = '\0';
                    rest = rest[1..];
                    break;
                }

                if (quote == '\0' && rest[0] is '"' or '\'' && argument.Count == 0)
                {
                    quote = rest[0];
                    rest = rest[1..];
                    continue;
                }

                rest = rest[Take(rest, quote, argument)..];
            }

            if (quote != '\0')
                return null;
            arguments.Add([.. argument]);
        }

        return [.. arguments];
    }

    // One character or escape sequence.
    private static int Take(ReadOnlySpan<char> text, char quote, List<byte> argument)
    {
        if (quote == '"' && text is ['\\', 'x', _, _, ..] && byte.TryParse(text.Slice(2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            argument.Add(value);
            return 4;
        }

        if (quote == '"' && text is ['\\', var escaped, ..])
        {
            argument.AddRange(Encoding.UTF8.GetBytes(escaped switch { 'n' => "\n", 'r' => "\r", 't' => "\t", 'b' => "\b", 'a' => "\a", _ => escaped.ToString() }));
            return 2;
        }

        if (quote == '\'' && text is ['\\', '\'', ..])
        {
            argument.Add((byte)'\'');
            return 2;
        }

        _ = Rune.DecodeFromUtf16(text, out var rune, out var length);
        argument.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
        return length;
    }
}
