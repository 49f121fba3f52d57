namespace RedisAspire.Caching.Near;

/// <summary>
/// A tag and the stamp it had when an entry was made. Removing the tag gives it a new stamp, so that every entry with
/// the old one is void at once, however many there are and without comparing clocks.
/// </summary>
/// <param name="Tag">The tag.</param>
/// <param name="Stamp">The stamp.</param>
/// <remarks>
/// A tag whose key is lost, because it has expired or was evicted, voids what carries it. With <see cref="EveryTag"/> it is
/// the other way round: as long as it was never removed it has no key, and entries need not carry it.
/// </remarks>
internal sealed record TagStamp(string Tag, string Stamp)
{
    /// <summary>The tag that every entry has.</summary>
    public const string EveryTag = "*";

    /// <summary>The stamp of a tag without a key.</summary>
    public const string None = "";

    /// <summary>The cache's name of the key that holds the tag's stamp.</summary>
    public string Key { get; } = KeyOf(Tag);

    public static string KeyOf(string tag) => InternalKeys.Tag(tag);

    /// <summary>The keys that have to live as long as an entry with these tags.</summary>
    public static string[] KeysOf(IEnumerable<TagStamp> stamps) => [.. stamps.Where(stamp => stamp.Tag != EveryTag).Select(stamp => stamp.Key)];
}
