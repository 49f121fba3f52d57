using RedisAspire.Caching;

namespace RedisAspire.ApiService.Data;

/// <summary>Slow data, read through a cache. Whoever asks for it asks here, so that nobody finds in the cache what another stores in a different form.</summary>
internal sealed class DataService(ReplicatedCache cache, SlowDatabase database)
{
    /// <summary>Reads a value: from the cache, or from the database, cached from then on.</summary>
    /// <param name="key">The key.</param>
    /// <param name="options">How the value is cached, where that differs from others.</param>
    /// <param name="cancellationToken">Ends the wait of this caller.</param>
    public ValueTask<CacheLookup<string>> ReadAsync(string key, CacheEntryOptions? options, CancellationToken cancellationToken) =>
        cache.LookupAsync(key, (cache, database, key), static (source, token) => QueryAsync(source.cache, source.database, source.key, token), options, cancellationToken: cancellationToken);

    /// <summary>Reads a value from the database, past the cache.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async ValueTask<string> ReadUncachedAsync(string key, CancellationToken cancellationToken) =>
        (await database.QueryAsync(key, cancellationToken)).Value;

    /// <summary>Changes a value in the database, and removes the old one from the cache of every instance.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value from now on.</param>
    /// <param name="condition">What its value has to be until then.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What has come of it.</returns>
    /// <exception cref="Caching.Topology.RedisUnavailableException">Changes cannot be kept now.</exception>
    public async Task<DataChange> ChangeAsync(string key, string value, ValueCondition condition, CancellationToken cancellationToken)
    {
        var change = new RowChange(IsDone: true, Displaced: null);
        var isRemoved = false;
        try
        {
            change = await database.ChangeAsync(key, value, condition, cancellationToken);
        }
        finally
        {
            // After a failure too, and when nobody waits any more: the value may have changed all the same.
            if (change.IsDone)
                isRemoved = await cache.TryRemoveAsync(change.Displaced is { } displaced ? [key, displaced] : [key], CancellationToken.None);
        }

        return (change.IsDone, isRemoved) switch
        {
            (false, _) => DataChange.Refused,
            (true, false) => DataChange.Outstanding,
            _ => DataChange.Everywhere,
        };
    }

    private static async ValueTask<string> QueryAsync(ReplicatedCache cache, SlowDatabase database, string key, CancellationToken cancellationToken)
    {
        var (value, isCertain) = await database.QueryAsync(key, cancellationToken);
        // A removal beats the fill that is under way, this one: those who wait are served, and nothing is stored, whoever of them has gone.
        if (!isCertain)
            await cache.RemoveAsync(key, CancellationToken.None);
        return value;
    }
}

/// <summary>What has come of changing a value.</summary>
internal enum DataChange
{
    /// <summary>Nothing was changed: the value is not what it had to be.</summary>
    Refused,

    /// <summary>The database has the value; another instance may still serve the old one until the master is back.</summary>
    Outstanding,

    /// <summary>The database has the value, and no cache has the old one.</summary>
    Everywhere,
}
