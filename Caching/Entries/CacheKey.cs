using System.Diagnostics.CodeAnalysis;
using RedisAspire.Caching.Near;

namespace RedisAspire.Caching.Entries;

/// <summary>Which keys and tags something can be cached under.</summary>
internal static class CacheKey
{
    private const char LastControlCharacter = '\u001f';

    /// <summary>
    /// Whether a key names something, the same here and in Redis: a cut surrogate pair would become the name of every
    /// other one on the way, and a blank is a key that somebody forgot.
    /// </summary>
    public static bool IsUsable([NotNullWhen(true)] string? key) =>
        IsName(key) && key.AsSpan().IndexOfAnyInRange('\0', LastControlCharacter) < 0;

    /// <summary>Whether a text can be a tag.</summary>
    public static bool IsName([NotNullWhen(true)] string? text) => !string.IsNullOrWhiteSpace(text) && NearCache.IsWellFormed(text);
}
