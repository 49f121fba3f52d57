using Microsoft.Extensions.Caching.Hybrid;
using RedisAspire.Caching.Coherence;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Serialization;

namespace RedisAspire.Caching.Entries;

/// <summary>Reads entries from Redis, says what they are worth, and keeps those in the process that may be kept.</summary>
internal sealed class EntryReader(CoherentReader reader, NearCache near, TagRegistry tags, EntryCodec codec)
{
    /// <summary>Reads an entry.</summary>
    public async ValueTask<(EntryFinding Finding, FillResult<T> Result)> ReadAsync<T>(string key, EntryPolicy policy, CancellationToken cancellationToken) =>
        await JudgeAsync<T>(key, await reader.ReadAsync(key, cancellationToken).ConfigureAwait(false), policy, cancellationToken).ConfigureAwait(false);

    /// <summary>What an entry is worth that has been read.</summary>
    public async ValueTask<(EntryFinding Finding, FillResult<T> Result)> JudgeAsync<T>(
        string key, StoredEntry stored, EntryPolicy policy, CancellationToken cancellationToken)
    {
        var isKept = false;
        try
        {
            if (stored.State != StoredState.Found)
                return (stored.State == StoredState.Missing ? EntryFinding.Missing : EntryFinding.Unavailable, default);
            if (!codec.TryDecode<T>(key, stored.Payload!, out var header, out var value, out var bytes))
                return (EntryFinding.Missing, default);
            if (header.Tags.Count > 0 && !await tags.AreCurrentAsync(header.Tags, cancellationToken).ConfigureAwait(false))
                return (EntryFinding.Missing, default);
            // What is handed over comes when nobody may be left to ask; who removes everything ends the wait for it.
            if (!stored.IsHandedOver && !await tags.IsSinceAllRemovedAsync(header.Tags, cancellationToken).ConfigureAwait(false))
                return (EntryFinding.Missing, default);

            var freshFor = stored.TimeToLive - header.StaleWindow;
            var isStale = freshFor <= TimeSpan.Zero;
            if (!isStale && stored.Ticket is { } ticket && policy.Allows(HybridCacheEntryFlags.DisableLocalCacheWrite))
            {
                isKept = true;
                near.TryComplete(ticket, ItemOf(ticket, value, bytes, stored, freshFor, header, policy));
            }

            var lookup = new CacheLookup<T>(value, CacheLevel.Redis, stored.Node, isStale ? TimeSpan.Zero : freshFor) { IsStale = isStale };
            return (isStale ? EntryFinding.Stale : EntryFinding.Fresh, new FillResult<T>(lookup, header.IsNull ? null : bytes));
        }
        finally
        {
            if (!isKept && stored.Ticket is { } unused)
                near.Abandon(unused);
        }
    }

    private NearItem ItemOf<T>(FillTicket ticket, T value, ReadOnlyMemory<byte> bytes, in StoredEntry stored, TimeSpan? freshFor, EntryHeader header, in EntryPolicy policy)
    {
        var clock = near.Clock;
        var endsAt = clock.DeadlineOf(ticket.BeganAt, freshFor);
        var expiresAt = policy.LocalExpiration is { } local ? Math.Min(endsAt, clock.DeadlineOf(ticket.BeganAt, local)) : endsAt;
        var size = value is string text ? text.Length * sizeof(char) : bytes.Length;
        return new NearItem(EntryCodec.ToNear(value, bytes), NearItem.SizeOf(ticket.Key, size), expiresAt)
        {
            IsShared = value is null || Immutability<T>.IsShareable,
            Node = stored.Node,
            StoredAt = ticket.BeganAt,
            EndsAt = endsAt,
            Tags = header.Tags.Any(static tag => tag.Tag != TagStamp.EveryTag) ? [.. header.Tags.Where(static tag => tag.Tag != TagStamp.EveryTag)] : null,
        };
    }
}
