using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Lookup;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Store;
using RedisAspire.Caching.Telemetry;

namespace RedisAspire.Caching;

/// <summary>
/// A <see cref="HybridCache"/> over a replicated Redis. Values stay in a near cache in the process until Redis pushes an
/// invalidation; a value that is not there is read from a replica; a value that is not in Redis either comes from the
/// source, which one process in the cluster calls while the others wait. A process always sees its own writes. A failure of
/// Redis never fails a look-up: the source answers instead.
/// </summary>
public sealed partial class ReplicatedCache : HybridCache
{
    private readonly EntryFiller _filler;
    private readonly CoherentReader _reader;
    private readonly ReadChannel _channel;
    private readonly RedisStore _store;
    private readonly EntrySweeper _sweeper;
    private readonly NearCache _near;
    private readonly TagRegistry _tags;
    private readonly EntryCodec _codec;
    private readonly CacheInstruments _instruments;
    private readonly ReplicatedCacheOptions _options;
    private readonly EntryPolicy _policy;
    private readonly SingleFlight<FlightVariant> _flights = new();

    internal ReplicatedCache(
        EntryFiller filler, CoherentReader reader, ReadChannel channel, RedisStore store, EntrySweeper sweeper, NearCache near, TagRegistry tags, EntryCodec codec, CacheInstruments instruments, IOptions<ReplicatedCacheOptions> options)
    {
        _filler = filler;
        _reader = reader;
        _channel = channel;
        _store = store;
        _sweeper = sweeper;
        _near = near;
        _tags = tags;
        _codec = codec;
        _instruments = instruments;
        _options = options.Value;
        _policy = new EntryPolicy((CacheEntryOptions?)null, _options);
    }

    /// <inheritdoc/>
    public override ValueTask<T> GetOrCreateAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(factory);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<T>(cancellationToken);

        var start = _instruments.BeginLookup();
        if (TryGetNear<T>(key, options?.Flags ?? _policy.Flags, start, out _, out var value))
            return new ValueTask<T>(value);
        return GetBeyondAsync(key, state, factory, options is null ? _policy : new EntryPolicy(options, _options), tags, cancellationToken);
    }

    /// <summary>Looks up a value as <see cref="HybridCache"/> does, and also returns where it came from.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">The name of the entry.</param>
    /// <param name="factory">The source: called once when no level has the value, however many callers wait.</param>
    /// <param name="options">The entry's own options.</param>
    /// <param name="tags">The entry's tags.</param>
    /// <param name="cancellationToken">Cancels the wait of this caller; the source is cancelled when all its callers have cancelled.</param>
    /// <returns>The value and where it came from.</returns>
    /// <exception cref="ArgumentException">A tag or an option is invalid.</exception>
    /// <exception cref="NotSupportedException">Values of the type cannot be cached, because JSON cannot read them back.</exception>
    /// <exception cref="SourceTimeoutException">The source exceeded its time-out.</exception>
    public ValueTask<CacheLookup<T>> LookupAsync<T>(
        string key,
        Func<CancellationToken, ValueTask<T>> factory,
        CacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default) =>
        LookupAsync(key, factory, static (source, token) => source(token), options, tags, cancellationToken);

    /// <summary>Looks up a value as <see cref="HybridCache"/> does, and also returns where it came from.</summary>
    /// <typeparam name="TState">The type of <paramref name="state"/>.</typeparam>
    /// <typeparam name="T">The type of the value.</typeparam>
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
    public ValueTask<CacheLookup<T>> LookupAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        CacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(factory);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<CacheLookup<T>>(cancellationToken);

        var start = _instruments.BeginLookup();
        if (TryGetNear<T>(key, options?.Flags ?? _policy.Flags, start, out var item, out var value))
        {
            var now = _near.Clock.Now;
            TimeSpan? remaining = item!.EndsAt == NearClock.Never ? null : TimeSpan.FromMilliseconds(item.EndsAt - now);
            return new(new CacheLookup<T>(value, CacheLevel.Near, item.Node, remaining) { Age = TimeSpan.FromMilliseconds(now - item.StoredAt) });
        }

        return LookupBeyondAsync(key, state, factory, PolicyOf(options), tags, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask SetAsync<T>(
        string key, T value, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default) =>
        SetAsync(key, value, (CacheEntryOptions?)options, tags, cancellationToken);

    /// <summary>Writes a value, and replaces an existing one.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">The name of the entry.</param>
    /// <param name="value">The value.</param>
    /// <param name="options">The entry's own options.</param>
    /// <param name="tags">The entry's tags.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when the master has the value, or could not be reached.</returns>
    /// <exception cref="ArgumentException">A tag or an option is invalid.</exception>
    /// <exception cref="NotSupportedException">Values of the type cannot be cached, because JSON cannot read them back.</exception>
    public async ValueTask SetAsync<T>(string key, T value, CacheEntryOptions? options, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
    {
        var policy = PolicyOf(options);
        var entryTags = EntryTags.Of(tags);
        _codec.Check<T>();
        if (!CacheKey.IsUsable(key))
            return;

        var stamps = await _tags.ReadAsync(entryTags, policy, cancellationToken).ConfigureAwait(false);
        var packed = stamps is null || key.Length > _options.MaximumKeyLength ? null : _codec.Pack(key, value, policy, stamps);
        if (packed is { } entry && policy.Allows(HybridCacheEntryFlags.DisableDistributedCacheWrite))
        {
            await WriteAsync([key], _store.SetAsync(key, entry.Payload, policy.TimeToLive(entry.FreshFor), TagStamp.KeysOf(stamps!), cancellationToken)).ConfigureAwait(false);
            return;
        }

        // The old value is removed even when the new one is not written, so that no read returns it.
        await RemoveAsync(key, cancellationToken).ConfigureAwait(false);
        if (packed is { } kept && policy.IsNearOnly)
            await _filler.StoreNearAsync(key, value, kept.Bytes, kept.FreshFor, stamps!, policy, cancellationToken).ConfigureAwait(false);
    }

    private EntryPolicy PolicyOf(CacheEntryOptions? options) => options is null ? _policy : new EntryPolicy(options, _options);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryGetNear<T>(string key, HybridCacheEntryFlags flags, LookupStart start, out NearItem? item, out T value)
    {
        if ((flags & HybridCacheEntryFlags.DisableLocalCacheRead) == HybridCacheEntryFlags.None
            && key is not null
            && _near.TryGet(key, out item)
            && (item.Tags is null || _tags.AreCurrentNear(item.Tags))
            && _codec.TryFromNear(key, item, out value))
        {
            _instruments.NearHit(start);
            return true;
        }

        _instruments.NotNear();
        item = null;
        value = default!;
        return false;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<T> GetBeyondAsync<TState, T>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T>> factory, EntryPolicy policy, IEnumerable<string>? tags, CancellationToken cancellationToken)
    {
        using var activity = CacheInstruments.StartLookup();
        var started = _instruments.Now;
        var flight = await FlyAsync(new FillJob<TState, T>(key, state, factory, policy, EntryTags.Of(tags)), cancellationToken).ConfigureAwait(false);
        return ResultOf(flight, activity, started).Value;
    }

    // It differs from the method above in its result only: one awaiting the other would cost each look-up an object more.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<CacheLookup<T>> LookupBeyondAsync<TState, T>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T>> factory, EntryPolicy policy, IEnumerable<string>? tags, CancellationToken cancellationToken)
    {
        using var activity = CacheInstruments.StartLookup();
        var started = _instruments.Now;
        var flight = await FlyAsync(new FillJob<TState, T>(key, state, factory, policy, EntryTags.Of(tags)), cancellationToken).ConfigureAwait(false);
        return ResultOf(flight, activity, started);
    }

    private ValueTask<(FillResult<T> Result, bool IsLeader)> FlyAsync<TState, T>(FillJob<TState, T> job, CancellationToken cancellationToken)
    {
        _codec.Check<T>();
        // A key that cannot be used has no flight: it may be null.
        return CacheKey.IsUsable(job.Key)
            ? _flights.RunAsync(
                job.Key,
                job.Policy.Variant,
                (Filler: _filler, job),
                static (work, token) => work.Filler.ReadAsync(work.job, token),
                static (work, read, token) => work.Filler.FillAsync(work.job, read, token),
                cancellationToken)
            : BypassAsync(job, cancellationToken);
    }

    private async ValueTask<(FillResult<T> Result, bool IsLeader)> BypassAsync<TState, T>(FillJob<TState, T> job, CancellationToken cancellationToken) =>
        (await _filler.BypassAsync(job, cancellationToken).ConfigureAwait(false), true);

    private CacheLookup<T> ResultOf<T>((FillResult<T> Result, bool IsLeader) flight, Activity? activity, long started)
    {
        var lookup = flight.Result.Lookup;
        if (!flight.IsLeader)
        {
            _instruments.Coalesced();
            CacheTrace.Current?.Add(CacheTraceKind.Flight, CacheTraceOutcome.Done, started);
            if (flight.Result.Bytes is { } bytes && !Immutability<T>.IsShareable)
                lookup = lookup with { Value = _codec.Deserialize<T>(bytes) };
        }

        _instruments.Request(lookup.Level, lookup.IsStale, started);
        CacheInstruments.EndLookup(activity, lookup.Level, lookup.IsStale);
        return lookup;
    }

    private async ValueTask<bool> WriteAsync(string[] keys, ValueTask<WriteResult> write)
    {
        // The outcome of a write whose caller has cancelled is unknown, so it counts as failed.
        var result = WriteResult.NotReached;
        try
        {
            result = await write.ConfigureAwait(false);
            return result.IsReached;
        }
        finally
        {
            foreach (var key in keys)
                Written(key, result);
        }
    }

    private void Written(string key, WriteResult result)
    {
        _reader.Written(key, result);
        // Later callers must not share a read from before the write.
        _flights.Forget(key);
        _filler.Forget(key);
    }

    private void ForgetAllFlights()
    {
        _flights.ForgetAll();
        _filler.ForgetAll();
    }
}
