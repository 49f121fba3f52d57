using System.Diagnostics.CodeAnalysis;
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
        var reading = ReadEveryStampAsync(cancellationToken);
        var own = tags is null ? [] : Array.FindAll(tags, static tag => tag != TagStamp.EveryTag);
        // Those that are not near are read in one flight.
        var known = await ReadStampsAsync(own, (Tags: this, policy), static (work, key, token) => work.Tags.ReadOrBeginAsync(key, work.policy, token), cancellationToken).ConfigureAwait(false);
        if (await reading.ConfigureAwait(false) is not { } every || Array.Exists(known, static stamp => stamp is null))
            return null;

        var stamps = new List<TagStamp>(own.Length + 1);
        if (every != TagStamp.None)
            stamps.Add(new TagStamp(TagStamp.EveryTag, every));
        for (var i = 0; i < own.Length; i++)
            stamps.Add(new TagStamp(own[i], known[i]!));
        return stamps.Count > EntryHeader.MaximumTags ? null : [.. stamps];
    }

    /// <summary>Whether none of an entry's tags was removed since the entry was created. Stamps that are not near are read in one flight.</summary>
    public ValueTask<bool> AreCurrentAsync(IReadOnlyList<TagStamp> stamps, CancellationToken cancellationToken)
    {
        var areAllNear = true;
        for (var i = 0; i < stamps.Count; i++)
        {
            var stamp = stamps[i];
            if (stamp.Tag == TagStamp.EveryTag)
                continue;
            if (stamp.Stamp == TagStamp.None)
                return new(false);
            if (!TryGetNear(stamp.Key, out var current))
                areAllNear = false;
            else if (current != stamp.Stamp)
                return new(false);
        }

        return areAllNear ? new(true) : ReadAndCompareAsync(stamps, cancellationToken);
    }

    /// <summary>
    /// Begins to read the stamps of tags that are not near, so that their commands are sent with that of an entry which is
    /// expected to have the tags.
    /// </summary>
    /// <returns>A task that ends when the stamps are near.</returns>
    public Task PrefetchAsync(string[] tags, CancellationToken cancellationToken) =>
        !near.IsOn || Array.TrueForAll(tags, tag => tag == TagStamp.EveryTag || TryGetNear(TagStamp.KeyOf(tag), out _))
            ? Task.CompletedTask
            : ReadStampsAsync(Array.FindAll(tags, static tag => tag != TagStamp.EveryTag), this, static (registry, key, token) => registry.ReadStampAsync(key, token), cancellationToken).AsTask();

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
        var stamp = TagStamp.New();
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

    private async ValueTask<bool> ReadAndCompareAsync(IReadOnlyList<TagStamp> stamps, CancellationToken cancellationToken)
    {
        var own = stamps.Where(static stamp => stamp.Tag != TagStamp.EveryTag).ToArray();
        var current = await ReadStampsAsync(
            Array.ConvertAll(own, static stamp => stamp.Tag), this, static (registry, key, token) => registry.ReadStampAsync(key, token), cancellationToken).ConfigureAwait(false);
        return own.Select(static stamp => stamp.Stamp).SequenceEqual(current, StringComparer.Ordinal);
    }

    // Begins to read all stamps before it waits for the first.
    private static async ValueTask<string?[]> ReadStampsAsync<TState>(
        string[] tags, TState state, Func<TState, string, CancellationToken, ValueTask<string?>> read, CancellationToken cancellationToken) =>
        tags.Length == 0 ? [] : await Task.WhenAll(Array.ConvertAll(tags, tag => read(state, TagStamp.KeyOf(tag), cancellationToken).AsTask())).ConfigureAwait(false);

    private async ValueTask<string?> ReadOrBeginAsync(string key, EntryPolicy policy, CancellationToken cancellationToken)
    {
        var stamp = await ReadStampAsync(key, cancellationToken).ConfigureAwait(false);
        return stamp == TagStamp.None ? await BeginAsync(key, policy, cancellationToken).ConfigureAwait(false) : stamp;
    }

    // Called when the tag has no stamp: for its first entry, or after its key was lost.
    private async ValueTask<string?> BeginAsync(string key, EntryPolicy policy, CancellationToken cancellationToken)
    {
        var (result, stamp) = await store.BeginTagAsync(key, TagStamp.New(), policy.TimeToLive(policy.Expiration), cancellationToken).ConfigureAwait(false);
        if (result.IsReached)
            reader.Changed(key, result);
        return stamp;
    }

    private async ValueTask<string?> ReadEveryStampAsync(CancellationToken cancellationToken)
    {
        if (_every is { } known && known.Generation == near.Generation)
            return known.Stamp;

        var stored = await reader.ReadAsync(InternalKeys.EveryTag, mayKeep: true, withTimeToLive: false, cancellationToken).ConfigureAwait(false);
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
        if (TryGetNear(key, out var known))
            return known;

        // Its time to live is not needed: the key outlives the entries, and Redis pushes an invalidation when it expires.
        var stored = await reader.ReadAsync(key, mayKeep: true, withTimeToLive: false, cancellationToken).ConfigureAwait(false);
        var stamp = StampIn(stored);
        if (stored.Ticket is { } ticket)
            near.TryComplete(ticket, new NearItem(stamp!, NearItem.SizeOf(key, stamp!.Length * sizeof(char))));
        return stamp;
    }

    private bool TryGetNear(string key, [NotNullWhen(true)] out string? stamp)
    {
        stamp = near.TryGet(key, out var item) ? item.Value as string : null;
        return stamp is not null;
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
