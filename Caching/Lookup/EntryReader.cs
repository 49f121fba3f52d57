using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Store;

namespace RedisAspire.Caching.Lookup;

/// <summary>Reads entries from Redis, classifies them as fresh, stale or missing, and stores the fresh ones in the near cache.</summary>
internal sealed class EntryReader(
    CoherentReader reader, NearCache near, TagRegistry tags, EntryCodec codec, IOptions<ReplicatedCacheOptions> options, TimeProvider time)
{
    // Replication on a healthy network takes about this long.
    private static readonly TimeSpan CatchUpPoll = TimeSpan.FromMilliseconds(1);

    /// <summary>Reads an entry.</summary>
    /// <param name="key">The key.</param>
    /// <param name="policy">The effective options of the entry.</param>
    /// <param name="expectedTags">The tags that the entry probably has; their stamps are read along with it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<FoundEntry<T>> ReadAsync<T>(string key, EntryPolicy policy, string[]? expectedTags, CancellationToken cancellationToken)
    {
        var prefetching = expectedTags is null ? null : tags.PrefetchAsync(expectedTags, cancellationToken);
        var stored = await reader.ReadAsync(key, policy.Allows(HybridCacheEntryFlags.DisableLocalCacheWrite), policy.ReadsTimeToLive, cancellationToken).ConfigureAwait(false);
        // Another caller has stored the entry with a stale window, so its time to live is needed after all.
        if (!policy.ReadsTimeToLive && EntryHeader.HasStaleWindow(stored.Payload))
            stored = await reader.ReadAsync(key, mayKeep: false, withTimeToLive: true, cancellationToken).ConfigureAwait(false);
        if (prefetching is not null)
            await prefetching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await ClassifyAsync<T>(key, stored, policy, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Classifies an entry that has been read.</summary>
    public async ValueTask<FoundEntry<T>> ClassifyAsync<T>(
        string key, StoredEntry stored, EntryPolicy policy, CancellationToken cancellationToken)
    {
        var isKept = false;
        try
        {
            if (stored.State != StoredState.Found)
                return new FoundEntry<T>(stored.State == StoredState.Missing ? EntryFinding.Missing : EntryFinding.Unavailable);
            if (!codec.TryDecode<T>(key, stored.Payload!, out var header, out var value, out var bytes))
                return new FoundEntry<T>(EntryFinding.Missing);
            // Both are read in one flight.
            var isSinceAllRemoved = tags.IsSinceAllRemovedAsync(header.Tags, cancellationToken);
            var areTagsCurrent = header.Tags.Count == 0 || await tags.AreCurrentAsync(header.Tags, cancellationToken).ConfigureAwait(false);
            if (!await isSinceAllRemoved.ConfigureAwait(false) || !areTagsCurrent)
                return new FoundEntry<T>(EntryFinding.Missing);

            var freshFor = stored.TimeToLive - header.StaleWindow;
            var isStale = freshFor <= TimeSpan.Zero;
            if (!isStale && stored.Ticket is { } ticket && policy.Allows(HybridCacheEntryFlags.DisableLocalCacheWrite))
            {
                isKept = true;
                near.TryComplete(ticket, ItemOf(ticket.Key, ticket.BeganAt, value, bytes, stored.Node, freshFor, header.Tags, policy));
            }

            var lookup = new CacheLookup<T>(value, CacheLevel.Redis, stored.Node, isStale ? TimeSpan.Zero : freshFor) { IsStale = isStale };
            return new FoundEntry<T>(isStale ? EntryFinding.Stale : EntryFinding.Fresh, new FillResult<T>(lookup, header.IsNull ? default(ReadOnlyMemory<byte>?) : bytes));
        }
        finally
        {
            if (!isKept && stored.Ticket is { } unused)
                near.Abandon(unused);
        }
    }

    /// <summary>Stores a value that is not in Redis in the near cache.</summary>
    /// <returns>Whether it was stored.</returns>
    public bool StoreNear<T>(FillTicket ticket, T value, ReadOnlyMemory<byte> bytes, TimeSpan freshFor, TagStamp[] stamps, EntryPolicy policy) =>
        near.TryComplete(ticket, ItemOf(ticket.Key, near.Clock.Now, value, bytes, node: null, freshFor < policy.LocalExpiration ? freshFor : policy.LocalExpiration, stamps, policy));

    /// <summary>Stores a value in the near cache only, after this process has removed its key from Redis.</summary>
    public async ValueTask StoreNearAsync<T>(string key, T value, ReadOnlyMemory<byte> bytes, TimeSpan freshFor, TagStamp[] stamps, EntryPolicy policy, CancellationToken cancellationToken)
    {
        // Reading the stamp of a new tag makes Redis push an invalidation when the tag is removed.
        if (!await tags.AreCurrentAsync(stamps, cancellationToken).ConfigureAwait(false))
            return;

        // The value is stored only after a read that includes the removal, because the invalidation that belongs to the
        // removal would remove the value again. That invalidation may void the first read, hence the second attempt.
        var attempts = 2;
        for (var started = time.GetTimestamp(); near.IsOn && time.GetElapsedTime(started) < options.Value.OperationTimeout;)
        {
            var stored = await reader.ReadAsync(key, mayKeep: true, withTimeToLive: true, cancellationToken).ConfigureAwait(false);
            if (stored.State != StoredState.Missing)
            {
                if (stored.Ticket is { } unused)
                    near.Abandon(unused);
                return;
            }

            if (stored.Ticket is { } ticket && (StoreNear(ticket, value, bytes, freshFor, stamps, policy) || --attempts == 0))
                return;
            await Task.Delay(CatchUpPoll, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private NearItem ItemOf<T>(
        string key, long start, T value, ReadOnlyMemory<byte> bytes, string? node, TimeSpan? freshFor, IReadOnlyList<TagStamp> stamps, EntryPolicy policy)
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
            // The tag that every entry has is left out: when its stamp changes, the near cache is flushed.
            Tags = stamps.Count > 0 && stamps.Any(static stamp => stamp.Tag != TagStamp.EveryTag) ? [.. stamps.Where(static stamp => stamp.Tag != TagStamp.EveryTag)] : null,
        };
    }
}

/// <summary>An entry as it was found in Redis.</summary>
/// <param name="Finding">Its classification.</param>
/// <param name="Result">The value, if it is fresh or stale.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FoundEntry<T>(EntryFinding Finding, FillResult<T>? Result = null) : IAttempt<FillResult<T>>
{
    bool IAttempt<FillResult<T>>.IsDone => Finding == EntryFinding.Fresh;

    FillResult<T> IAttempt<FillResult<T>>.Result => Result!;
}

/// <summary>The classification of an entry in Redis.</summary>
internal enum EntryFinding
{
    /// <summary>Redis was not read.</summary>
    NotRead,

    /// <summary>There is no usable value.</summary>
    Missing,

    /// <summary>There is a fresh value.</summary>
    Fresh,

    /// <summary>There is a value that has expired and needs a refresh.</summary>
    Stale,

    /// <summary>Redis did not answer.</summary>
    Unavailable,
}
