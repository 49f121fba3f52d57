using RedisAspire.Caching.Near;

namespace RedisAspire.Caching;

// The removal of entries: by name, by tag, and by the start of the name.
public sealed partial class ReplicatedCache
{
    /// <inheritdoc/>
    public override async ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default) =>
        await TryRemoveAsync(key, cancellationToken).ConfigureAwait(false);

    /// <summary>Removes entries in one round trip.</summary>
    /// <param name="keys">The names of the entries; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when the master has removed them, or could not be reached.</returns>
    public override async ValueTask RemoveAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default) =>
        await TryRemoveAsync(keys, cancellationToken).ConfigureAwait(false);

    /// <summary>Removes an entry as <see cref="RemoveAsync(string, CancellationToken)"/> does, and returns whether the master confirmed it.</summary>
    /// <param name="key">The name of the entry.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// Whether the master has removed the entry, so that it is invalidated in the other processes too. Otherwise only this
    /// process stops returning the old value, and retries the removal until a master answers or the process ends.
    /// </returns>
    public ValueTask<bool> TryRemoveAsync(string key, CancellationToken cancellationToken = default) => TryRemoveAsync([key], cancellationToken);

    /// <summary>Removes entries as <see cref="RemoveAsync(IEnumerable{string}, CancellationToken)"/> does, and returns whether the master confirmed it.</summary>
    /// <param name="keys">The names of the entries; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The same as <see cref="TryRemoveAsync(string, CancellationToken)"/> returns.</returns>
    public async ValueTask<bool> TryRemoveAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        var all = keys?.Where(CacheKey.IsUsable).Distinct(StringComparer.Ordinal).ToArray() ?? [];
        return all.Length == 0 || await WriteAsync(all, _store.RemoveAsync(all, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>
    /// Removes every entry with a tag, in one step regardless of their number. Every entry has the tag <c>*</c>. No key is
    /// deleted from Redis: the removed entries are void, and expire there at the end of their time to live.
    /// </summary>
    /// <param name="tag">The tag.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when this process no longer returns any entry with the tag.</returns>
    public override async ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) =>
        await TryRemoveByTagAsync(tag, cancellationToken).ConfigureAwait(false);

    /// <summary>Removes every entry with a tag as <see cref="RemoveByTagAsync(string, CancellationToken)"/> does, and returns whether the master confirmed it.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// Whether the master has the removal, so that it takes effect in the other processes too. Otherwise only this process
    /// stops returning the entries, and retries the removal until a master answers or the process ends.
    /// </returns>
    public async ValueTask<bool> TryRemoveByTagAsync(string tag, CancellationToken cancellationToken = default)
    {
        // An entry cannot have an invalid tag.
        if (!CacheKey.IsName(tag))
            return true;
        try
        {
            return await _tags.RemoveAsync(tag, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // The flights are forgotten all together, because it is unknown which of them will find an entry with the tag.
            ForgetAllFlights();
        }
    }

    /// <summary>
    /// Deletes keys from Redis: every string whose name starts with <see cref="ReplicatedCacheOptions.KeyPrefix"/> and that
    /// has a time to live, except those with a reserved prefix. It works in batches, so that no other command waits long.
    /// <see cref="RemoveByTagAsync(string, CancellationToken)"/> with the tag <c>*</c> is faster, and deletes nothing.
    /// </summary>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>The number of deleted keys.</returns>
    /// <exception cref="InvalidOperationException">There is no prefix, so that keys of other programs would be deleted too.</exception>
    /// <exception cref="Topology.RedisUnavailableException">No master is up.</exception>
    /// <exception cref="StackExchange.Redis.RedisException">Redis failed before all keys were deleted.</exception>
    public ValueTask<long> ClearAsync(CancellationToken cancellationToken = default) => _options.KeyPrefix.Length > 0
        ? ClearAsync("", cancellationToken)
        : throw new InvalidOperationException("The cache has no KeyPrefix, so this would delete keys of other programs. Pass the start of the names, or remove the tag *.");

    /// <summary>
    /// Deletes keys from Redis: every string whose name, after <see cref="ReplicatedCacheOptions.KeyPrefix"/>, starts with a
    /// given text and that has a time to live, except those with a reserved prefix. Keys of other programs are included.
    /// </summary>
    /// <param name="start">The start of the names; empty for all names, which without a prefix are all keys in Redis.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>The number of deleted keys.</returns>
    /// <exception cref="Topology.RedisUnavailableException">No master is up.</exception>
    /// <exception cref="StackExchange.Redis.RedisException">Redis failed before all keys were deleted.</exception>
    public async ValueTask<long> ClearAsync(string start, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(start);
        var removed = 0L;
        long? offset = null;
        try
        {
            await foreach (var batch in _sweeper.SweepAsync(start, cancellationToken).ConfigureAwait(false))
            {
                removed += batch.Removed;
                offset = batch.Offset;
            }

            return removed;
        }
        finally
        {
            // The removals are recorded together, because a record for each key would take too much memory.
            _reader.AllChanged(offset);
            ForgetAllFlights();
        }
    }
}
