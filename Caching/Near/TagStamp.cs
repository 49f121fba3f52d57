using System.Text;

namespace RedisAspire.Caching.Near;

/// <summary>
/// A tag and its stamp at the time an entry was created. Removing the tag gives it a new stamp, so that every entry with
/// the old one is void at once, regardless of their number and without comparing clocks.
/// </summary>
/// <param name="Tag">The tag.</param>
/// <param name="Stamp">The stamp.</param>
/// <remarks>
/// When the key of a tag is lost, because it expired or was evicted, the entries with that tag are void. The opposite holds
/// for <see cref="EveryTag"/>: it has no key until it is first removed, and entries need not carry it.
/// </remarks>
internal sealed record TagStamp(string Tag, string Stamp)
{
    /// <summary>The tag that every entry has.</summary>
    public const string EveryTag = "*";

    /// <summary>The stamp of a tag without a key.</summary>
    public const string None = "";

    /// <summary>The internal key with the tag's stamp.</summary>
    public string Key { get; } = KeyOf(Tag);

    /// <summary>Makes a stamp that no tag has had, as Redis stores it.</summary>
    public static byte[] New() => Encoding.UTF8.GetBytes(Guid.NewGuid().ToString("N"));

    public static string KeyOf(string tag) => InternalKeys.Tag(tag);

    /// <summary>The keys that must live at least as long as an entry with these tags.</summary>
    public static string[] KeysOf(IEnumerable<TagStamp> stamps) => [.. stamps.Where(stamp => stamp.Tag != EveryTag).Select(stamp => stamp.Key)];
}
