namespace RedisAspire.Caching.Entries;

/// <summary>
/// A tag and the stamp it had when an entry was made. Removing the tag gives it a new stamp, so that every entry with
/// the old one is void at once, however many there are and without comparing clocks.
/// </summary>
/// <param name="Tag">The tag.</param>
/// <param name="Stamp">The stamp; empty for a tag that was never removed.</param>
internal sealed record TagStamp(string Tag, string Stamp)
{
    /// <summary>The cache's name of the key that holds the tag's stamp.</summary>
    public string Key { get; } = KeyOf(Tag);

    public static string KeyOf(string tag) => InternalKeys.Tag(tag);
}
