using System.Globalization;

namespace RedisAspire.Topology;

/// <summary>Reads the text that <c>INFO</c> answers: lines of <c>field:value</c> in sections. See https://redis.io/docs/latest/commands/info/.</summary>
internal sealed class RedisInfo
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _sections = new(StringComparer.Ordinal);

    public RedisInfo(string text)
    {
        var section = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var colon = line.IndexOf(':');
            if (line.StartsWith('#'))
                _sections[line[1..].Trim().ToString().ToLowerInvariant()] = section = new(StringComparer.Ordinal);
            else if (colon > 0)
                section[line[..colon].ToString()] = _fields[line[..colon].ToString()] = line[(colon + 1)..].ToString();
        }
    }

    /// <summary>All fields by the name of their section.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Sections => _sections;

    /// <summary>The fields whose names start with a prefix, by the rest of the name.</summary>
    public IEnumerable<KeyValuePair<string, string>> StartingWith(string prefix) => _fields
        .Where(field => field.Key.StartsWith(prefix, StringComparison.Ordinal))
        .Select(field => new KeyValuePair<string, string>(field.Key[prefix.Length..], field.Value));

    public string? Text(string field) => _fields.GetValueOrDefault(field);

    public long? Number(string field) => ToNumber(Text(field));

    public double? Fraction(string field) =>
        double.TryParse(Text(field), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Whether a field is 1; <see langword="null"/> when it is not there.</summary>
    public bool? Flag(string field) => Number(field) is { } number ? number == 1 : null;

    /// <summary>Whether a field reports success; <see langword="null"/> when it is not there.</summary>
    public bool? IsOk(string field) => Text(field) is { } status ? status == "ok" : null;

    /// <summary>One part of a compound value such as <c>db0:keys=3,expires=1,avg_ttl=0</c>.</summary>
    public long? Part(string field, string part) => ToNumber(PartOf(Text(field) ?? "", part));

    /// <summary>One part of a compound value such as <c>keys=3,expires=1,avg_ttl=0</c>.</summary>
    public static string? PartOf(string value, string part, char separator = ',')
    {
        foreach (var pair in value.AsSpan().Split(separator))
        {
            var text = value.AsSpan(pair);
            if (text.Length > part.Length && text[part.Length] == '=' && text.StartsWith(part, StringComparison.Ordinal))
                return text[(part.Length + 1)..].ToString();
        }

        return null;
    }

    /// <summary>A whole number; <see langword="null"/> for anything else.</summary>
    public static long? ToNumber(string? text) =>
        long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
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
