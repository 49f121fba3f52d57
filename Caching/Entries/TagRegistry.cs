using System.Text;
using RedisAspire.Caching.Coherence;
using RedisAspire.Caching.Near;

namespace RedisAspire.Caching.Entries;

/// <summary>The present stamps of tags: kept in the process like any value, because Redis tells when they change.</summary>
internal sealed class TagRegistry(CoherentReader reader, RedisStore store, NearCache near)
{
    /// <summary>The present stamps of tags; <see langword="null"/> when Redis cannot say.</summary>
    public async ValueTask<TagStamp[]?> ReadAsync(IEnumerable<string>? tags, CancellationToken cancellationToken)
    {
        if (tags is null)
            return [];

        var stamps = new List<TagStamp>();
        foreach (var tag in tags.Distinct(StringComparer.Ordinal))
        {
            if (await ReadStampAsync(TagStamp.KeyOf(tag), cancellationToken).ConfigureAwait(false) is not { } stamp)
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
            if (await ReadStampAsync(stamp.Key, cancellationToken).ConfigureAwait(false) != stamp.Stamp)
                return false;
        }

        return true;
    }

    /// <summary>The same from what is in the process alone: says no where that is not enough.</summary>
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
    public async ValueTask RemoveAsync(string tag, CancellationToken cancellationToken)
    {
        var key = TagStamp.KeyOf(tag);
        var stamp = Encoding.UTF8.GetBytes(Guid.NewGuid().ToString("N"));
        var result = await store.SetAsync(key, stamp, timeToLive: null, cancellationToken).ConfigureAwait(false);
        reader.Written(key, result);
    }

    private async ValueTask<string?> ReadStampAsync(string key, CancellationToken cancellationToken)
    {
        if (near.TryGet(key, out var item) && item.Value is string known)
            return known;

        var stored = await reader.ReadAsync(key, cancellationToken).ConfigureAwait(false);
        if (stored.State == StoredState.Unavailable)
            return null;

        var stamp = stored.Payload is null ? "" : Encoding.UTF8.GetString(stored.Payload);
        if (stored.Ticket is { } ticket)
            near.TryComplete(ticket, new NearItem(stamp, NearItem.SizeOf(key, stamp.Length * sizeof(char))));
        return stamp;
    }
}
