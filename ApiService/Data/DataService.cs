using RedisAspire.Caching;
using RedisAspire.Caching.Telemetry;

namespace RedisAspire.ApiService.Data;

/// <summary>Slow data, read through the cache. All features read it here, so that every key has values of one form.</summary>
internal sealed class DataService(ReplicatedCache cache, SlowDatabase database)
{
    public ValueTask<CacheLookup<string>> ReadAsync(string key, CacheEntryOptions? options, CancellationToken cancellationToken) =>
        cache.LookupAsync(key, (cache, database, key), static (source, token) => QueryAsync(source.cache, source.database, source.key, token), options, cancellationToken: cancellationToken);

    /// <summary>Reads a value as <see cref="ReadAsync"/> does, and records how.</summary>
    public ValueTask<CacheLookup<string>> TraceReadAsync(CacheTrace trace, string key, CacheEntryOptions? options, CancellationToken cancellationToken) =>
        cache.TraceLookupAsync(trace, key, (cache, database, key), static (source, token) => QueryAsync(source.cache, source.database, source.key, token), options, cancellationToken: cancellationToken);

    public CacheTrace BeginTrace(string key) => cache.BeginTrace(key);

    /// <summary>Removes a value from the cache. The result is whether a master has removed it.</summary>
    public ValueTask<bool> RemoveAsync(string key, CacheTrace? trace, CancellationToken cancellationToken) => RemoveAsync([key], trace, cancellationToken);

    public async ValueTask<string> ReadUncachedAsync(string key, CancellationToken cancellationToken) =>
        (await database.QueryAsync(key, cancellationToken)).Value;

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

internal enum DataChange
{
    /// <summary>Nothing was changed: the value does not meet the condition.</summary>
    Refused,

    /// <summary>The database has the value; another instance may still serve the old one until the master is back.</summary>
    RemovalPending,

    /// <summary>The database has the value, and no cache has the old one.</summary>
    Everywhere,
}
