using System.Globalization;

namespace RedisAspire.Caching.Topology;

/// <summary>Reads the text that <c>INFO</c> answers: lines of <c>field:value</c>. See https://redis.io/docs/latest/commands/info/.</summary>
internal sealed class RedisInfo
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    public RedisInfo(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var colon = line.IndexOf(':');
            if (colon > 0 && line[0] != '#')
                _fields[line[..colon].ToString()] = line[(colon + 1)..].ToString();
        }
    }

    public string? Text(string field) => _fields.GetValueOrDefault(field);

    public long? Number(string field) =>
        long.TryParse(Text(field), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>One part of a compound value such as <c>db0:keys=3,expires=1,avg_ttl=0</c>.</summary>
    public long? Part(string field, string part)
    {
        foreach (var pair in (Text(field) ?? "").Split(','))
        {
            if (pair.StartsWith(part, StringComparison.Ordinal) && pair.Length > part.Length && pair[part.Length] == '=')
                return long.TryParse(pair.AsSpan(part.Length + 1), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
        }

        return null;
    }
}
