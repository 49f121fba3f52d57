using Microsoft.Extensions.Caching.Hybrid;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Telemetry;

namespace RedisAspire.Caching;

// Operations that record what they do. They are methods of their own, so that the others pay nothing for it.
public sealed partial class ReplicatedCache
{
    /// <summary>Begins to record what is done with a key. Pass the trace to the methods that take one, and dispose of it.</summary>
    /// <param name="key">The name of the entry.</param>
    /// <returns>The trace.</returns>
    public CacheTrace BeginTrace(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var trace = new CacheTrace(_store.NameOf(key), CacheKey.IsUsable(key) && _near.TryGet(key, out _), _instruments.Time, _channel.Forget);
        _channel.Report(trace);
        return trace;
    }

    /// <summary>Looks up a value as <see cref="LookupAsync{TState, T}"/> does, and records how.</summary>
    /// <typeparam name="TState">The type of <paramref name="state"/>.</typeparam>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="trace">Where the steps are recorded.</param>
    /// <param name="key">The name of the entry.</param>
    /// <param name="state">Passed to <paramref name="factory"/>, so that it needs no closure.</param>
    /// <param name="factory">The source: called once when no level has the value, however many callers wait.</param>
    /// <param name="options">The entry's own options.</param>
    /// <param name="tags">The entry's tags.</param>
    /// <param name="cancellationToken">Cancels the wait of this caller; the source is cancelled when all its callers have cancelled.</param>
    /// <returns>The value and where it came from.</returns>
    /// <exception cref="ArgumentException">A tag or an option is invalid.</exception>
    /// <exception cref="NotSupportedException">Values of the type cannot be cached, because JSON cannot read them back.</exception>
    /// <exception cref="SourceTimeoutException">The source exceeded its time-out.</exception>
    public async ValueTask<CacheLookup<T>> TraceLookupAsync<TState, T>(
        CacheTrace trace,
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        CacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(trace);
        trace.Enter();
        var at = trace.Elapsed;
        var missed = ((options?.Flags ?? _policy.Flags) & HybridCacheEntryFlags.DisableLocalCacheRead) != HybridCacheEntryFlags.None ? CacheTraceOutcome.Bypassed
            : _near.IsOn ? CacheTraceOutcome.Miss
            : CacheTraceOutcome.Off;
        var lookup = await LookupAsync(key, state, factory, options, tags, cancellationToken).ConfigureAwait(false);
        trace.Add(lookup.Level == CacheLevel.Near
            ? new CacheTraceStep(CacheTraceKind.Near, CacheTraceOutcome.Hit, at) { Took = trace.Elapsed - at, Node = lookup.Node, TimeToLive = lookup.TimeToLive }
            : new CacheTraceStep(CacheTraceKind.Near, missed, at));
        return lookup;
    }

    /// <summary>Removes entries as <see cref="TryRemoveAsync(IEnumerable{string}, CancellationToken)"/> does, and records how.</summary>
    /// <param name="trace">Where the steps are recorded.</param>
    /// <param name="keys">The names of the entries.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether the master has confirmed the removal.</returns>
    public async ValueTask<bool> TraceRemoveAsync(CacheTrace trace, IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(trace);
        trace.Enter();
        return await TryRemoveAsync(keys, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes keys from Redis as <see cref="ClearAsync(string, CancellationToken)"/> does, and records how.</summary>
    /// <param name="trace">Where the steps are recorded.</param>
    /// <param name="start">The start of the names.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>The number of deleted keys.</returns>
    /// <exception cref="Topology.RedisUnavailableException">No master is up.</exception>
    /// <exception cref="StackExchange.Redis.RedisException">Redis failed before all keys were deleted.</exception>
    public async ValueTask<long> TraceClearAsync(CacheTrace trace, string start, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(trace);
        trace.Enter();
        return await ClearAsync(start, cancellationToken).ConfigureAwait(false);
    }
}
