using System.Runtime.CompilerServices;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Lookup;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Store;
using RedisAspire.Caching.Telemetry;

namespace RedisAspire.Caching;

/// <summary>
/// A <see cref="HybridCache"/> over a replicated Redis. Values stay in the process until Redis tells that they have
/// changed; what is not there is read from a replica; what is not in Redis either is asked of the source, by one
/// caller in one process while all others wait. A process always sees its own writes. Redis failing never fails a
/// look-up: the source answers instead.
/// </summary>
public sealed class ReplicatedCache : HybridCache
{
    private readonly EntryFiller _filler;
    private readonly CoherentReader _reader;
    private readonly RedisStore _store;
    private readonly EntrySweeper _sweeper;
    private readonly NearCache _near;
    private readonly TagRegistry _tags;
    private readonly EntryCodec _codec;
    private readonly CacheInstruments _instruments;
    private readonly ReplicatedCacheOptions _options;
    private readonly SingleFlight<FlightVariant> _flights = new();

    internal ReplicatedCache(
        EntryFiller filler, CoherentReader reader, RedisStore store, EntrySweeper sweeper, NearCache near, TagRegistry tags, EntryCodec codec, CacheInstruments instruments, IOptions<ReplicatedCacheOptions> options)
    {
        _filler = filler;
        _reader = reader;
        _store = store;
        _sweeper = sweeper;
        _near = near;
        _tags = tags;
        _codec = codec;
        _instruments = instruments;
        _options = options.Value;
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

        var started = _instruments.BeginRequest();
        if (TryGetNear<T>(key, options?.Flags ?? _options.Flags, started, out _, out var value))
            return new ValueTask<T>(value);
        return ValueOfAsync(LookupBeyondAsync(key, state, factory, options, tags, cancellationToken));
    }

    /// <summary>Looks a value up as <see cref="HybridCache"/> does, and says where it came from.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">The name of the entry.</param>
    /// <param name="factory">The source: called once when no level has the value, however many callers wait.</param>
    /// <param name="options">The entry's own options.</param>
    /// <param name="tags">The entry's tags.</param>
    /// <param name="cancellationToken">Ends the wait of this caller; the source goes on while others wait.</param>
    /// <returns>The value and its story.</returns>
    /// <exception cref="ArgumentException">A tag or an option makes no sense.</exception>
    /// <exception cref="NotSupportedException">A value of the type would not come back from the cache as it was.</exception>
    /// <exception cref="SourceTimeoutException">The source took longer than it may.</exception>
    public ValueTask<CacheLookup<T>> LookupAsync<T>(
        string key,
        Func<CancellationToken, ValueTask<T>> factory,
        CacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default) =>
        LookupAsync(key, factory, static (source, token) => source(token), options, tags, cancellationToken);

    /// <summary>Looks a value up as <see cref="HybridCache"/> does, and says where it came from.</summary>
    /// <typeparam name="TState">The type of <paramref name="state"/>.</typeparam>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">The name of the entry.</param>
    /// <param name="state">Passed to <paramref name="factory"/>, so that it needs no closure.</param>
    /// <param name="factory">The source: called once when no level has the value, however many callers wait.</param>
    /// <param name="options">The entry's own options.</param>
    /// <param name="tags">The entry's tags.</param>
    /// <param name="cancellationToken">Ends the wait of this caller; the source goes on while others wait.</param>
    /// <returns>The value and its story.</returns>
    /// <exception cref="ArgumentException">A tag or an option makes no sense.</exception>
    /// <exception cref="NotSupportedException">A value of the type would not come back from the cache as it was.</exception>
    /// <exception cref="SourceTimeoutException">The source took longer than it may.</exception>
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

        var started = _instruments.BeginRequest();
        if (TryGetNear<T>(key, options?.Flags ?? _options.Flags, started, out var item, out var value))
        {
            var now = _near.Clock.Now;
            TimeSpan? remaining = item!.EndsAt == NearClock.Never ? null : TimeSpan.FromMilliseconds(item.EndsAt - now);
            return new(new CacheLookup<T>(value, CacheLevel.Near, item.Node, remaining) { Age = TimeSpan.FromMilliseconds(now - item.StoredAt) });
        }

        return LookupBeyondAsync(key, state, factory, options, tags, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask SetAsync<T>(
        string key, T value, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default) =>
        SetAsync(key, value, (CacheEntryOptions?)options, tags, cancellationToken);

    /// <summary>Writes a value, replacing what is there.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">The name of the entry.</param>
    /// <param name="value">The value.</param>
    /// <param name="options">The entry's own options.</param>
    /// <param name="tags">The entry's tags.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when the master has the value, or could not be reached.</returns>
    /// <exception cref="ArgumentException">A tag or an option makes no sense.</exception>
    /// <exception cref="NotSupportedException">A value of the type would not come back from the cache as it was.</exception>
    public async ValueTask SetAsync<T>(string key, T value, CacheEntryOptions? options, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
    {
        var policy = new EntryPolicy(options, _options);
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

        // What is not written must not leave the old value behind.
        await RemoveAsync(key, cancellationToken).ConfigureAwait(false);
        if (packed is { } kept && policy.IsForProcessAlone)
            await _filler.KeepHereAsync(key, value, kept.Bytes, kept.FreshFor, stamps!, policy, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default) =>
        await TryRemoveAsync(key, cancellationToken).ConfigureAwait(false);

    /// <summary>Removes entries, all in one round trip.</summary>
    /// <param name="keys">The names of the entries; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when the master has removed them, or could not be reached.</returns>
    public override async ValueTask RemoveAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default) =>
        await TryRemoveAsync(keys, cancellationToken).ConfigureAwait(false);

    /// <summary>Removes an entry as <see cref="RemoveAsync(string, CancellationToken)"/> does, and says whether that is done.</summary>
    /// <param name="key">The name of the entry.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// Whether the master has removed it, so that other processes hear of it. Otherwise this process alone serves it no
    /// more; it is removed as soon as a master answers, unless the process ends before.
    /// </returns>
    public ValueTask<bool> TryRemoveAsync(string key, CancellationToken cancellationToken = default) => TryRemoveAsync([key], cancellationToken);

    /// <summary>Removes entries as <see cref="RemoveAsync(IEnumerable{string}, CancellationToken)"/> does, and says whether that is done.</summary>
    /// <param name="keys">The names of the entries; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The same as of one entry.</returns>
    public async ValueTask<bool> TryRemoveAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        var all = keys?.Where(CacheKey.IsUsable).Distinct(StringComparer.Ordinal).ToArray() ?? [];
        return all.Length == 0 || await WriteAsync(all, _store.RemoveAsync(all, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>
    /// Removes every entry with a tag, in one step however many they are. Every entry has the tag <c>*</c>. Nothing is
    /// deleted from Redis: what is void expires there in its own time.
    /// </summary>
    /// <param name="tag">The tag.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when no entry with the tag is served any more in this process.</returns>
    public override async ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) =>
        await TryRemoveByTagAsync(tag, cancellationToken).ConfigureAwait(false);

    /// <summary>Removes every entry with a tag as <see cref="RemoveByTagAsync(string, CancellationToken)"/> does, and says whether that is done.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// Whether the master knows, so that other processes hear of it. Otherwise this process alone serves them no more; the
    /// master is told as soon as it answers, unless the process ends before.
    /// </returns>
    public async ValueTask<bool> TryRemoveByTagAsync(string tag, CancellationToken cancellationToken = default)
    {
        // No entry can have it.
        if (!CacheKey.IsName(tag))
            return true;
        try
        {
            return await _tags.RemoveAsync(tag, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Which of them find an entry with the tag is not known before they have found it.
            ForgetAllFlights();
        }
    }

    /// <summary>
    /// Deletes keys from Redis: every string whose name starts with <see cref="ReplicatedCacheOptions.KeyPrefix"/> and that
    /// has a time to live, except those with a reserved prefix. Works in batches, so that no other command waits long.
    /// <see cref="RemoveByTagAsync(string, CancellationToken)"/> with the tag <c>*</c> is faster, and deletes nothing.
    /// </summary>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>How many keys were deleted.</returns>
    /// <exception cref="InvalidOperationException">There is no prefix: other programs' keys could not be told from those of the cache.</exception>
    /// <exception cref="Topology.RedisUnavailableException">No master is up.</exception>
    /// <exception cref="StackExchange.Redis.RedisException">Redis failed on the way.</exception>
    public ValueTask<long> ClearAsync(CancellationToken cancellationToken = default) => _options.KeyPrefix.Length > 0
        ? ClearAsync("", cancellationToken)
        : throw new InvalidOperationException("The cache has no KeyPrefix, so that this would delete keys of other programs: say what the names start with, or remove the tag *.");

    /// <summary>
    /// Deletes keys from Redis: every string whose name, after <see cref="ReplicatedCacheOptions.KeyPrefix"/>, starts in a
    /// certain way and that has a time to live, except those with a reserved prefix, whoever has written them.
    /// </summary>
    /// <param name="start">What the names start with; empty for all, which without a prefix are all keys in Redis.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>How many keys were deleted.</returns>
    /// <exception cref="Topology.RedisUnavailableException">No master is up.</exception>
    /// <exception cref="StackExchange.Redis.RedisException">Redis failed on the way.</exception>
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
            // One note for all of them: one for each would take as much memory as there are keys.
            _reader.AllChanged(offset);
            ForgetAllFlights();
        }
    }

    private static async ValueTask<T> ValueOfAsync<T>(ValueTask<CacheLookup<T>> lookup) => (await lookup.ConfigureAwait(false)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryGetNear<T>(string key, HybridCacheEntryFlags flags, long started, out NearItem? item, out T value)
    {
        if ((flags & HybridCacheEntryFlags.DisableLocalCacheRead) == HybridCacheEntryFlags.None
            && key is not null
            && _near.TryGet(key, out item)
            && (item.Tags is null || _tags.AreCurrentNear(item.Tags))
            && _codec.TryFromNear(key, item, out value))
        {
            _instruments.NearHit(started);
            return true;
        }

        item = null;
        value = default!;
        return false;
    }

    private async ValueTask<CacheLookup<T>> LookupBeyondAsync<TState, T>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T>> factory, CacheEntryOptions? options, IEnumerable<string>? tags, CancellationToken cancellationToken)
    {
        using var activity = CacheInstruments.StartLookup();
        var started = _instruments.Now;
        var policy = new EntryPolicy(options, _options);
        var job = new FillJob<TState, T>(key, state, factory, policy, EntryTags.Of(tags));
        _codec.Check<T>();
        var (fill, isLeader) = CacheKey.IsUsable(key)
            ? await _flights.RunAsync(
                key, policy.Variant, (Filler: _filler, job), static (work, token) => work.Filler.FillAsync(work.job, token), cancellationToken).ConfigureAwait(false)
            : (await _filler.BypassAsync(job, cancellationToken).ConfigureAwait(false), true);

        var lookup = fill.Lookup;
        if (!isLeader)
        {
            _instruments.Coalesced();
            if (fill.Bytes is { } bytes && !Immutability<T>.IsShareable)
                lookup = lookup with { Value = _codec.Deserialize<T>(bytes) };
        }

        _instruments.Request(lookup.Level, lookup.IsStale, started);
        CacheInstruments.EndLookup(activity, lookup.Level, lookup.IsStale);
        return lookup;
    }

    private async ValueTask<bool> WriteAsync(string[] keys, ValueTask<WriteResult> write)
    {
        // Of a write whose caller has given up it is not known whether it is done.
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
        // Who comes from now on must not share a read from before the write.
        _flights.Forget(key);
        _filler.Forget(key);
    }

    private void ForgetAllFlights()
    {
        _flights.ForgetAll();
        _filler.ForgetAll();
    }
}
