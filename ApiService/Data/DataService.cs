using RedisAspire.ApiService.Storage;
using RedisAspire.Caching;

namespace RedisAspire.ApiService.Data;

/// <summary>Slow data, read through the cache. All features read it here, so that every key has values of one form.</summary>
internal sealed class DataService(ReplicatedCache cache, SlowDatabase database)
{
    /// <summary>Reads a value from the cache, or from the database, and caches it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="options">How the value is cached, where that differs from the defaults.</param>
    /// <param name="cancellationToken">Ends the wait of this caller.</param>
    public ValueTask<CacheLookup<string>> ReadAsync(string key, CacheEntryOptions? options, CancellationToken cancellationToken) =>
        cache.LookupAsync(key, (cache, database, key), static (source, token) => QueryAsync(source.cache, source.database, source.key, token), options, cancellationToken: cancellationToken);

    /// <summary>Reads a value from the database, without the cache.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async ValueTask<string> ReadUncachedAsync(string key, CancellationToken cancellationToken) =>
        (await database.QueryAsync(key, cancellationToken)).Value;

    /// <summary>Changes a value in the database, and removes the old one from the cache of every instance.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value from now on.</param>
    /// <param name="condition">The condition that the present value must meet.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The outcome.</returns>
    /// <exception cref="RedisAspire.Topology.RedisUnavailableException">The change cannot be stored.</exception>
    public async Task<DataChange> ChangeAsync(string key, string value, WriteCondition condition, CancellationToken cancellationToken)
    {
        var change = new RowChange(IsDone: true, Displaced: null);
        var isRemoved = false;
        try
        {
            change = await database.ChangeAsync(key, value, condition, cancellationToken);
        }
        finally
        {
            // The key is also removed after a failure or a cancellation, because the value may have changed all the same.
            if (change.IsDone)
                isRemoved = await cache.TryRemoveAsync(change.Displaced is { } displaced ? [key, displaced] : [key], CancellationToken.None);
        }

        return (change.IsDone, isRemoved) switch
        {
            (false, _) => DataChange.Refused,
            (true, false) => DataChange.RemovalPending,
            _ => DataChange.Everywhere,
        };
    }

    private static async ValueTask<string> QueryAsync(ReplicatedCache cache, SlowDatabase database, string key, CancellationToken cancellationToken)
    {
        var (value, isCertain) = await database.QueryAsync(key, cancellationToken);
        // The removal voids the fill that this call is part of: the waiting callers get the value, but it is not stored.
        if (!isCertain)
            await cache.RemoveAsync(key, CancellationToken.None);
        return value;
    }
}

/// <summary>The outcome of changing a value.</summary>
internal enum DataChange
{
    /// <summary>Nothing was changed: the value does not meet the condition.</summary>
    Refused,

    /// <summary>The database has the value; another instance may still serve the old one until the master is back.</summary>
    RemovalPending,

    /// <summary>The database has the value, and no cache has the old one.</summary>
    Everywhere,
}
