using System.Text;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Store;

namespace RedisAspire.Caching.Lookup;

/// <summary>The present stamps of tags: kept in the process like any value, because Redis tells when they change.</summary>
internal sealed class TagRegistry(CoherentReader reader, RedisStore store, NearCache near)
{
    // Of the tag that every entry has: needed for every entry, and good until the process lets go of all that it keeps,
    // which it does when Redis tells that this stamp has changed.
    private volatile EveryStamp? _every;

    /// <summary>What an entry that is made now has to carry; <see langword="null"/> when Redis cannot say, or it is too much.</summary>
    public async ValueTask<TagStamp[]?> ReadAsync(string[]? tags, EntryPolicy policy, CancellationToken cancellationToken)
    {
        if (await ReadEveryStampAsync(cancellationToken).ConfigureAwait(false) is not { } every)
            return null;

        var stamps = new List<TagStamp>();
        if (every != TagStamp.None)
            stamps.Add(new TagStamp(TagStamp.EveryTag, every));
        var own = tags is null ? [] : Array.FindAll(tags, static tag => tag != TagStamp.EveryTag);
        if (stamps.Count + own.Length > EntryHeader.MaximumTags)
            return null;
        foreach (var tag in own)
        {
            var key = TagStamp.KeyOf(tag);
            var stamp = await ReadStampAsync(key, cancellationToken).ConfigureAwait(false);
            if (stamp == TagStamp.None)
                stamp = await BeginAsync(key, policy, cancellationToken).ConfigureAwait(false);
            if (stamp is null)
                return null;
            stamps.Add(new TagStamp(tag, stamp));
        }

        return [.. stamps];
    }

    /// <summary>Whether none of an entry's tags was removed since it was made.</summary>
    public async ValueTask<bool> AreCurrentAsync(IReadOnlyList<TagStamp> stamps, CancellationToken cancellationToken)
    {
        foreach (var stamp in stamps)
        {
            if (stamp.Tag != TagStamp.EveryTag
                && (stamp.Stamp == TagStamp.None || await ReadStampAsync(stamp.Key, cancellationToken).ConfigureAwait(false) != stamp.Stamp))
                return false;
        }

        return true;
    }

    /// <summary>Whether an entry was made since everything was removed.</summary>
    /// <remarks>Once it is kept in the process, that is not asked again: the process lets go of all when the stamp changes.</remarks>
    public async ValueTask<bool> IsSinceAllRemovedAsync(IReadOnlyList<TagStamp> stamps, CancellationToken cancellationToken)
    {
        var carried = TagStamp.None;
        foreach (var stamp in stamps)
        {
            if (stamp.Tag == TagStamp.EveryTag)
                carried = stamp.Stamp;
        }

        return await ReadEveryStampAsync(cancellationToken).ConfigureAwait(false) == carried;
    }

    /// <summary>The same as <see cref="AreCurrentAsync"/> from what is in the process alone: says no where that is not enough.</summary>
    public bool AreCurrentNear(IReadOnlyList<TagStamp> stamps)
    {
        for (var i = 0; i < stamps.Count; i++)
        {
            if (!near.TryGet(stamps[i].Key, out var item) || item.Value is not string stamp || stamp != stamps[i].Stamp)
                return false;
        }

        return true;
    }

    /// <summary>Makes every entry with the tag void, wherever it is.</summary>
    /// <returns>Whether the master knows; otherwise it is told later.</returns>
    public async ValueTask<bool> RemoveAsync(string tag, CancellationToken cancellationToken)
    {
        var key = TagStamp.KeyOf(tag);
        var stamp = NewStamp();
        // Of a removal whose caller has given up it is not known whether it is done.
        var result = WriteResult.NotReached;
        try
        {
            result = await store.SetStampAsync(key, stamp, cancellationToken).ConfigureAwait(false);
            return result.IsReached;
        }
        finally
        {
            reader.Written(key, result, stamp);
        }
    }

    private static byte[] NewStamp() => Encoding.UTF8.GetBytes(Guid.NewGuid().ToString("N"));

    // The first entry with the tag, as far as is known, or the first after its key was lost.
    private async ValueTask<string?> BeginAsync(string key, EntryPolicy policy, CancellationToken cancellationToken)
    {
        var (result, stamp) = await store.BeginTagAsync(key, NewStamp(), policy.TimeToLive(policy.Expiration), cancellationToken).ConfigureAwait(false);
        if (result.IsReached)
            reader.Changed(key, result);
        return stamp;
    }

    private async ValueTask<string?> ReadEveryStampAsync(CancellationToken cancellationToken)
    {
        if (_every is { } known && known.Generation == near.Generation)
            return known.Stamp;

        var stored = await reader.ReadAsync(InternalKeys.EveryTag, cancellationToken).ConfigureAwait(false);
        var stamp = StampIn(stored);
        if (stored.Ticket is { } ticket)
        {
            near.Abandon(ticket);
            if (ticket.Generation is { } generation)
                _every = new EveryStamp(generation, stamp!);
        }

        return stamp;
    }

    private async ValueTask<string?> ReadStampAsync(string key, CancellationToken cancellationToken)
    {
        if (near.TryGet(key, out var item) && item.Value is string known)
            return known;

        var stored = await reader.ReadAsync(key, cancellationToken).ConfigureAwait(false);
        var stamp = StampIn(stored);
        if (stored.Ticket is { } ticket)
            near.TryComplete(ticket, new NearItem(stamp!, NearItem.SizeOf(key, stamp!.Length * sizeof(char))));
        return stamp;
    }

    // Only what is unavailable comes without a ticket and says nothing.
    private static string? StampIn(in StoredEntry stored) => stored.State switch
    {
        StoredState.Unavailable => null,
        _ when stored.Payload is { } stamp => Encoding.UTF8.GetString(stamp),
        _ => TagStamp.None,
    };

    private sealed record EveryStamp(NearGeneration Generation, string Stamp);
}

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
