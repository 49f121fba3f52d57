using System.Text;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Store;

namespace RedisAspire.Caching.Lookup;

/// <summary>The current stamps of tags, kept in the near cache like values, because Redis pushes invalidations for them.</summary>
internal sealed class TagRegistry(CoherentReader reader, RedisStore store, NearCache near)
{
    // The stamp of the tag that every entry has. It is needed for every entry, and valid until the near cache is flushed,
    // which an invalidation of this stamp causes.
    private volatile EveryStamp? _every;

    /// <summary>The stamps for an entry that is created now; <see langword="null"/> when Redis does not answer, or there are too many.</summary>
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

    /// <summary>Whether none of an entry's tags was removed since the entry was created.</summary>
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

    /// <summary>Whether an entry was created after the last removal of the tag that every entry has.</summary>
    /// <remarks>An entry in the near cache is not checked again, because a change of that stamp flushes the near cache.</remarks>
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

    /// <summary>The same as <see cref="AreCurrentAsync"/>, but from the near cache only; <see langword="false"/> when a stamp is not there.</summary>
    public bool AreCurrentNear(IReadOnlyList<TagStamp> stamps)
    {
        for (var i = 0; i < stamps.Count; i++)
        {
            if (!near.TryGet(stamps[i].Key, out var item) || item.Value is not string stamp || stamp != stamps[i].Stamp)
                return false;
        }

        return true;
    }

    /// <summary>Voids every entry with the tag, at all levels and in all processes.</summary>
    /// <returns>Whether the master has the new stamp; otherwise the write is retried later.</returns>
    public async ValueTask<bool> RemoveAsync(string tag, CancellationToken cancellationToken)
    {
        var key = TagStamp.KeyOf(tag);
        var stamp = NewStamp();
        // The outcome of a removal whose caller has cancelled is unknown, so it counts as failed.
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

    // Called when the tag has no stamp: for its first entry, or after its key was lost.
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

        var stored = await reader.ReadAsync(InternalKeys.EveryTag, mayKeep: true, withTimeToLive: true, cancellationToken).ConfigureAwait(false);
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

        var stored = await reader.ReadAsync(key, mayKeep: true, withTimeToLive: true, cancellationToken).ConfigureAwait(false);
        var stamp = StampIn(stored);
        if (stored.Ticket is { } ticket)
            near.TryComplete(ticket, new NearItem(stamp!, NearItem.SizeOf(key, stamp!.Length * sizeof(char))));
        return stamp;
    }

    // The stamp is null only when Redis is unavailable, and then there is no ticket either.
    private static string? StampIn(in StoredEntry stored) => stored.State switch
    {
        StoredState.Unavailable => null,
        _ when stored.Payload is { } stamp => Encoding.UTF8.GetString(stamp),
        _ => TagStamp.None,
    };

    private sealed record EveryStamp(NearGeneration Generation, string Stamp);
}

/// <summary>Validates the tags that a caller gives to an entry.</summary>
internal static class EntryTags
{
    /// <summary>The distinct tags.</summary>
    /// <exception cref="ArgumentException">A tag is invalid, or there are too many. This is checked before the source is called.</exception>
    public static string[]? Of(IEnumerable<string>? tags)
    {
        if (tags is null)
            return null;

        var all = tags.Distinct(StringComparer.Ordinal).ToArray();
        if (all.Length > EntryHeader.MaximumTags)
            throw new ArgumentException($"An entry must not have more than {EntryHeader.MaximumTags} tags.", nameof(tags));
        foreach (var tag in all)
        {
            if (!CacheKey.IsName(tag))
                throw new ArgumentException("A tag must not be blank or contain half a surrogate pair.", nameof(tags));
            if (Encoding.UTF8.GetByteCount(tag) > EntryHeader.MaximumTagBytes)
                throw new ArgumentException($"A tag must not be longer than {EntryHeader.MaximumTagBytes} bytes.", nameof(tags));
        }

        return all;
    }
}
