using System.Text;

namespace RedisAspire.Caching.Entries;

/// <summary>The tags that a caller gives to an entry.</summary>
internal static class EntryTags
{
    /// <summary>The tags, each once, if an entry can have them.</summary>
    /// <exception cref="ArgumentException">It cannot: better said before the source is called than when its value is to be stored.</exception>
    public static string[]? Of(IEnumerable<string>? tags)
    {
        if (tags is null)
            return null;

        var all = tags.Distinct(StringComparer.Ordinal).ToArray();
        if (all.Length > EntryHeader.MaximumTags)
            throw new ArgumentException($"An entry has at most {EntryHeader.MaximumTags} tags.", nameof(tags));
        foreach (var tag in all)
        {
            if (!CacheKey.IsName(tag))
                throw new ArgumentException("A tag is a text that is not blank.", nameof(tags));
            if (Encoding.UTF8.GetByteCount(tag) > EntryHeader.MaximumTagBytes)
                throw new ArgumentException($"A tag is at most {EntryHeader.MaximumTagBytes} bytes long.", nameof(tags));
        }

        return all;
    }
}
