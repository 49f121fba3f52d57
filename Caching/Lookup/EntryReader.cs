using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Store;

namespace RedisAspire.Caching.Lookup;

/// <summary>Reads entries from Redis, says what they are worth, and keeps those in the process that may be kept.</summary>
internal sealed class EntryReader(
    CoherentReader reader, NearCache near, TagRegistry tags, EntryCodec codec, IOptions<ReplicatedCacheOptions> options, TimeProvider time)
{
    // As long as replication takes where nothing is wrong.
    private static readonly TimeSpan CatchUpPoll = TimeSpan.FromMilliseconds(1);

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
            if (!await tags.IsSinceAllRemovedAsync(header.Tags, cancellationToken).ConfigureAwait(false))
                return (EntryFinding.Missing, default);

            var freshFor = stored.TimeToLive - header.StaleWindow;
            var isStale = freshFor <= TimeSpan.Zero;
            if (!isStale && stored.Ticket is { } ticket && policy.Allows(HybridCacheEntryFlags.DisableLocalCacheWrite))
            {
                isKept = true;
                near.TryComplete(ticket, ItemOf(ticket.Key, ticket.BeganAt, value, bytes, stored.Node, freshFor, header.Tags, policy));
            }

            var lookup = new CacheLookup<T>(value, CacheLevel.Redis, stored.Node, isStale ? TimeSpan.Zero : freshFor) { IsStale = isStale };
            return (isStale ? EntryFinding.Stale : EntryFinding.Fresh, new FillResult<T>(lookup, header.IsNull ? default(ReadOnlyMemory<byte>?) : bytes));
        }
        finally
        {
            if (!isKept && stored.Ticket is { } unused)
                near.Abandon(unused);
        }
    }

    /// <summary>Keeps a value in the process that is not in Redis, from now on.</summary>
    /// <returns>Whether it is kept.</returns>
    public bool KeepHere<T>(FillTicket ticket, T value, ReadOnlyMemory<byte> bytes, TimeSpan freshFor, TagStamp[] stamps, in EntryPolicy policy) =>
        near.TryComplete(ticket, ItemOf(ticket.Key, near.Clock.Now, value, bytes, node: null, freshFor < policy.LocalExpiration ? freshFor : policy.LocalExpiration, stamps, policy));

    /// <summary>The same for a key that this process has just removed from Redis.</summary>
    public async ValueTask KeepHereAsync<T>(string key, T value, ReadOnlyMemory<byte> bytes, TimeSpan freshFor, TagStamp[] stamps, EntryPolicy policy, CancellationToken cancellationToken)
    {
        // Of a tag that has just begun the process does not know yet when it is removed.
        if (!await tags.AreCurrentAsync(stamps, cancellationToken).ConfigureAwait(false))
            return;

        // Not before a read that is past the removal: what Redis tells of that would take the value away again.
        // It may come during the first such read, and makes that void.
        var attempts = 2;
        for (var started = time.GetTimestamp(); near.IsOn && time.GetElapsedTime(started) < options.Value.OperationTimeout;)
        {
            var stored = await reader.ReadAsync(key, cancellationToken).ConfigureAwait(false);
            if (stored.State != StoredState.Missing)
            {
                if (stored.Ticket is { } unused)
                    near.Abandon(unused);
                return;
            }

            if (stored.Ticket is { } ticket && (KeepHere(ticket, value, bytes, freshFor, stamps, policy) || --attempts == 0))
                return;
            await Task.Delay(CatchUpPoll, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private NearItem ItemOf<T>(
        string key, long start, T value, ReadOnlyMemory<byte> bytes, string? node, TimeSpan? freshFor, IReadOnlyList<TagStamp> stamps, in EntryPolicy policy)
    {
        var clock = near.Clock;
        var endsAt = clock.DeadlineOf(start, freshFor);
        var expiresAt = policy.LocalExpiration is { } local ? Math.Min(endsAt, clock.DeadlineOf(start, local)) : endsAt;
        var size = value is string text ? text.Length * sizeof(char) : bytes.Length;
        return new NearItem(EntryCodec.ToNear(value, bytes), NearItem.SizeOf(key, size), expiresAt)
        {
            IsShared = value is null || Immutability<T>.IsShareable,
            Node = node,
            StoredAt = start,
            EndsAt = endsAt,
            // The process lets go of everything when the stamp changes that every entry has.
            Tags = stamps.Any(static stamp => stamp.Tag != TagStamp.EveryTag) ? [.. stamps.Where(static stamp => stamp.Tag != TagStamp.EveryTag)] : null,
        };
    }
}

/// <summary>What Redis has under a key.</summary>
internal enum EntryFinding
{
    /// <summary>Nothing that will do.</summary>
    Missing,

    /// <summary>A value that will do.</summary>
    Fresh,

    /// <summary>A value that is to be refreshed.</summary>
    Stale,

    /// <summary>Redis could not say.</summary>
    Unavailable,
}
