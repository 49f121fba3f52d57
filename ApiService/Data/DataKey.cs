using System.Text;

namespace RedisAspire.ApiService.Data;

/// <summary>Which keys <c>/data</c> accepts.</summary>
internal static class DataKey
{
    /// <summary>The longest key, in characters.</summary>
    public const int MaximumLength = 512;

    /// <summary>What starts the keys that are no cache entries: the application's own data and the product catalogue.</summary>
    public static IReadOnlyList<string> ReservedPrefixes { get; } = ["app:", "db:"];

    /// <summary>Says what is wrong with a key; <see langword="null"/> when nothing is.</summary>
    /// <param name="key">The key as it came.</param>
    public static string? Reject(string key)
    {
        if (key.Length is 0 or > MaximumLength)
            return $"A key has 1 to {MaximumLength} characters; this one has {key.Length}.";
        if (key.EnumerateRunes().Any(rune => Rune.IsControl(rune)))
            return "A key has no control characters.";
        if (key.Contains('\uFFFD', StringComparison.Ordinal) || !IsWellFormed(key))
            return "A key is valid Unicode text.";
        if (ReservedPrefixes.FirstOrDefault(prefix => key.StartsWith(prefix, StringComparison.Ordinal)) is { } reserved)
            return $"Keys that start with '{reserved}' are no cache entries.";
        return null;
    }

    private static bool IsWellFormed(string key)
    {
        for (var i = 0; i < key.Length; i++)
        {
            if (char.IsHighSurrogate(key[i]) && i + 1 < key.Length && char.IsLowSurrogate(key[i + 1]))
                i++;
            else if (char.IsSurrogate(key[i]))
                return false;
        }

        return true;
    }
}
