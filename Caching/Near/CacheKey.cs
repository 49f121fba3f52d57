using System.Diagnostics.CodeAnalysis;

namespace RedisAspire.Caching.Near;

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

/// <summary>The keys the cache keeps for itself, beside those of the entries.</summary>
internal static class InternalKeys
{
    /// <summary>What they all start with.</summary>
    public const string Prefix = "app:cache:";

    /// <summary>What the keys of leases start with.</summary>
    public const string LeasePrefix = Prefix + "lease:";

    /// <summary>
    /// Holds the stamp of the tag that every entry has, once it was removed. Without time to live: were it lost, entries from
    /// before, which need not carry it, would come back.
    /// </summary>
    public const string EveryTag = TagPrefix + TagStamp.EveryTag;

    private const string TagPrefix = Prefix + "tag:";

    /// <summary>Holds the present stamp of a tag, for as long as an entry may carry it.</summary>
    public static string Tag(string tag) => $"{TagPrefix}{tag}";

    /// <summary>Held by the one process that fills an entry.</summary>
    public static string Lease(string key) => $"{LeasePrefix}{key}";

    /// <summary>Holds a value of <see cref="Microsoft.Extensions.Caching.Distributed.IDistributedCache"/>.</summary>
    public static string Distributed(string key) => $"{Prefix}distributed:{key}";
}
