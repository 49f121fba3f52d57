using RedisAspire.ApiService.Storage;
using RedisAspire.Caching;
using RedisAspire.Caching.Telemetry;

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

    /// <summary>Reads a value as <see cref="ReadAsync"/> does, and records how.</summary>
    /// <param name="trace">Where the steps are recorded.</param>
    /// <param name="key">The key.</param>
    /// <param name="options">How the value is cached, where that differs from the defaults.</param>
    /// <param name="cancellationToken">Ends the wait of this caller.</param>
    public ValueTask<CacheLookup<string>> TraceReadAsync(CacheTrace trace, string key, CacheEntryOptions? options, CancellationToken cancellationToken) =>
        cache.TraceLookupAsync(trace, key, (cache, database, key), static (source, token) => QueryAsync(source.cache, source.database, source.key, token), options, cancellationToken: cancellationToken);

    /// <summary>Begins to record what is done with a key.</summary>
    /// <param name="key">The key.</param>
    public CacheTrace BeginTrace(string key) => cache.BeginTrace(key);

    /// <summary>Removes a value from the cache.</summary>
    /// <param name="key">The key.</param>
    /// <param name="trace">Where the steps are recorded, if anywhere.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether a master has removed it.</returns>
    public ValueTask<bool> RemoveAsync(string key, CacheTrace? trace, CancellationToken cancellationToken) => RemoveAsync([key], trace, cancellationToken);

    /// <summary>Reads a value from the database, without the cache.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async ValueTask<string> ReadUncachedAsync(string key, CancellationToken cancellationToken) =>
        (await database.QueryAsync(key, cancellationToken)).Value;

    /// <summary>Changes a value in the database, and removes the old one from the cache of every instance.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value from now on.</param>
    /// <param name="condition">The condition that the present value must meet.</param>
    /// <param name="trace">Where the steps are recorded, if anywhere.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The outcome.</returns>
    /// <exception cref="RedisAspire.Topology.RedisUnavailableException">The change cannot be stored.</exception>
    public async Task<DataChange> ChangeAsync(string key, string value, WriteCondition condition, CacheTrace? trace, CancellationToken cancellationToken)
    {
        var change = new RowChange(IsDone: true, Displaced: null);
        var isRemoved = false;
        var started = trace?.Elapsed;
        try
        {
            change = await database.ChangeAsync(key, value, condition, cancellationToken);
            if (started is { } at)
                trace!.Add(new CacheTraceStep(CacheTraceKind.Source, change.IsDone ? CacheTraceOutcome.Done : CacheTraceOutcome.Refused, at) { Took = trace.Elapsed - at });
        }
        finally
        {
            // The key is also removed after a failure or a cancellation, because the value may have changed all the same.
            if (change.IsDone)
                isRemoved = await RemoveAsync(change.Displaced is { } displaced ? [key, displaced] : [key], trace, CancellationToken.None);
        }

        return (change.IsDone, isRemoved) switch
        {
            (false, _) => DataChange.Refused,
            (true, false) => DataChange.RemovalPending,
            _ => DataChange.Everywhere,
        };
    }

    private ValueTask<bool> RemoveAsync(string[] keys, CacheTrace? trace, CancellationToken cancellationToken) =>
        trace is null ? cache.TryRemoveAsync(keys, cancellationToken) : cache.TraceRemoveAsync(trace, keys, cancellationToken);

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
