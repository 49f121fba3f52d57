using System.Diagnostics.CodeAnalysis;

namespace RedisAspire.Caching.Near;

/// <summary>Says which keys and tags can be used.</summary>
internal static class CacheKey
{
    private const char LastControlCharacter = '\u001f';

    /// <summary>
    /// Whether a key can be used. A key with half a surrogate pair is refused, because UTF-8 maps all of them to the same
    /// name; a blank key is refused, because it is most likely a mistake.
    /// </summary>
    public static bool IsUsable([NotNullWhen(true)] string? key) =>
        IsName(key) && key.AsSpan().IndexOfAnyInRange('\0', LastControlCharacter) < 0;

    /// <summary>Whether a text can be used as a tag.</summary>
    public static bool IsName([NotNullWhen(true)] string? text) => !string.IsNullOrWhiteSpace(text) && NearCache.IsWellFormed(text);
}

/// <summary>The names of the cache's internal keys, which exist beside those of the entries.</summary>
internal static class InternalKeys
{
    /// <summary>The prefix of all internal keys.</summary>
    public const string Prefix = "app:cache:";

    /// <summary>The prefix of the keys of leases.</summary>
    public const string LeasePrefix = Prefix + "lease:";

    /// <summary>
    /// The key with the stamp of the tag that every entry has. It exists once that tag was removed, and never expires: if it
    /// were lost, entries from before the removal, which need not carry the stamp, would become valid again.
    /// </summary>
    public const string EveryTag = TagPrefix + TagStamp.EveryTag;

    private const string TagPrefix = Prefix + "tag:";
    private const string DistributedPrefix = Prefix + "distributed:";

    /// <summary>Whether removing the tag that every entry has voids what is under the key, too: an entry, or entries with a tag.</summary>
    public static bool DependsOnEveryTag(string key) =>
        !key.StartsWith(LeasePrefix, StringComparison.Ordinal) && !key.StartsWith(DistributedPrefix, StringComparison.Ordinal);

    /// <summary>The key with the current stamp of a tag; it lives at least as long as any entry that carries the stamp.</summary>
    public static string Tag(string tag) => $"{TagPrefix}{tag}";

    /// <summary>The key of the lease of the process that fills an entry.</summary>
    public static string Lease(string key) => $"{LeasePrefix}{key}";

    /// <summary>The key of a value of <see cref="Microsoft.Extensions.Caching.Distributed.IDistributedCache"/>.</summary>
    public static string Distributed(string key) => $"{DistributedPrefix}{key}";
}
