using System.Globalization;

namespace RedisAspire.Topology;

/// <summary>Reads the text that <c>INFO</c> answers: lines of <c>field:value</c> in sections. See https://redis.io/docs/latest/commands/info/.</summary>
/// <param name="text">The answer. It is searched for each field, because most answers are asked for few of their fields.</param>
internal sealed class RedisInfo(string text)
{
    /// <summary>All fields by the name of their section.</summary>
    public Dictionary<string, IReadOnlyDictionary<string, string>> Sections
    {
        get
        {
            var sections = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
            var section = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var line in text.AsSpan().EnumerateLines())
            {
                var colon = line.IndexOf(':');
                if (line.StartsWith('#'))
                    sections[line[1..].Trim().ToString().ToLowerInvariant()] = section = new(StringComparer.Ordinal);
                else if (colon > 0)
                    section[line[..colon].ToString()] = line[(colon + 1)..].ToString();
            }

            return sections;
        }
    }

    /// <summary>The fields whose names start with a prefix, by the rest of the name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> StartingWith(string prefix)
    {
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(prefix, StringComparison.Ordinal) && line.IndexOf(':') is var colon && colon >= prefix.Length)
                fields.Add(new(line[prefix.Length..colon].ToString(), line[(colon + 1)..].ToString()));
        }

        return fields;
    }

    public string? Text(string field) => TryFind(field, out var value) ? value.ToString() : null;

    public long? Number(string field) => TryFind(field, out var value) ? ToNumber(value) : null;

    public double? Fraction(string field) =>
        TryFind(field, out var value) && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Whether a field is 1; <see langword="null"/> when it is not there.</summary>
    public bool? Flag(string field) => Number(field) is { } number ? number == 1 : null;

    /// <summary>Whether a field reports success; <see langword="null"/> when it is not there.</summary>
    public bool? IsOk(string field) => TryFind(field, out var status) ? status.SequenceEqual("ok") : null;

    /// <summary>Whether a field is there and has a value.</summary>
    public bool Is(string field, string expected) => TryFind(field, out var value) && value.SequenceEqual(expected);

    /// <summary>One part of a compound value such as <c>db0:keys=3,expires=1,avg_ttl=0</c>.</summary>
    public long? Part(string field, string part) => TryFind(field, out var value) && TryFindPart(value, part, ',', out var found) ? ToNumber(found) : null;

    /// <summary>One part of a compound value such as <c>keys=3,expires=1,avg_ttl=0</c>.</summary>
    public static string? PartOf(string value, string part, char separator = ',') =>
        TryFindPart(value, part, separator, out var found) ? found.ToString() : null;

    /// <summary>A whole number; <see langword="null"/> for anything else.</summary>
    public static long? ToNumber(ReadOnlySpan<char> text) =>
        long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static bool TryFindPart(ReadOnlySpan<char> value, string part, char separator, out ReadOnlySpan<char> found)
    {
        foreach (var pair in value.Split(separator))
        {
            var text = value[pair];
            if (text.Length > part.Length && text[part.Length] == '=' && text.StartsWith(part, StringComparison.Ordinal))
            {
                found = text[(part.Length + 1)..];
                return true;
            }
        }

        found = default;
        return false;
    }

    private bool TryFind(string field, out ReadOnlySpan<char> value)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.Length > field.Length && line[field.Length] == ':' && line.StartsWith(field, StringComparison.Ordinal))
            {
                value = line[(field.Length + 1)..];
                return true;
            }
        }

        value = default;
        return false;
    }
}

/// <summary>
/// Times as Redis reports them. A number may be anything: what is too long for this process counts as the longest time that
/// it knows.
/// </summary>
internal static class RedisTime
{
    public static TimeSpan Seconds(long seconds) => new((long)Int128.Clamp((Int128)seconds * TimeSpan.TicksPerSecond, long.MinValue, long.MaxValue));

    public static DateTimeOffset UnixSeconds(long seconds) => DateTimeOffset.FromUnixTimeSeconds(
        Math.Clamp(seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
}
