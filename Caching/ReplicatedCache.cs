using System.Buffers;
using System.Diagnostics;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Serialization;
using RedisAspire.Caching.Telemetry;

namespace RedisAspire.Caching;

/// <summary>
/// A <see cref="HybridCache"/> over a replicated Redis: reads go to a replica, writes to the master, and one
/// caller per key fills what is missing while the others wait. Redis failing never fails a look-up: the source
/// answers instead.
/// </summary>
public sealed partial class ReplicatedCache : HybridCache
{
    private readonly RedisStore _store;
    private readonly SerializerCatalog _serializers;
    private readonly CacheInstruments _instruments;
    private readonly ReplicatedCacheOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ReplicatedCache> _logger;
    private readonly SingleFlight<(string Key, Type Type)> _flights = new();

    internal ReplicatedCache(
        RedisStore store,
        SerializerCatalog serializers,
        CacheInstruments instruments,
        IOptions<ReplicatedCacheOptions> options,
        TimeProvider time,
        ILogger<ReplicatedCache> logger)
    {
        _store = store;
        _serializers = serializers;
        _instruments = instruments;
        _options = options.Value;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc/>
    public override async ValueTask<T> GetOrCreateAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default) =>
        (await LookupAsync(key, state, factory, options, tags, cancellationToken).ConfigureAwait(false)).Value;

    /// <summary>Looks a value up as <see cref="HybridCache"/> does, and says where it came from.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">The name of the entry.</param>
    /// <param name="factory">The source: called once when no level has the value, however many callers wait.</param>
    /// <param name="options">The entry's own options.</param>
    /// <param name="tags">The entry's tags.</param>
    /// <param name="cancellationToken">Ends the wait of this caller; the source goes on while others wait.</param>
    /// <returns>The value and its story.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty.</exception>
    public ValueTask<CacheLookup<T>> LookupAsync<T>(
        string key,
        Func<CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null,
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
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty.</exception>
    public async ValueTask<CacheLookup<T>> LookupAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(factory);
        cancellationToken.ThrowIfCancellationRequested();

        var started = _time.GetTimestamp();
        var ((lookup, payload), isLeader) = await _flights.RunAsync(
            (key, typeof(T)), (Cache: this, key, state, factory, options),
            static (job, token) => job.Cache.FillAsync(job.key, job.state, job.factory, job.options, token),
            cancellationToken).ConfigureAwait(false);

        if (!isLeader && payload is not null && !Immutability<T>.IsShareable)
            lookup = lookup with { Value = _serializers.Get<T>().Deserialize(new ReadOnlySequence<byte>(payload)) };

        _instruments.Request(lookup.Level, _time.GetElapsedTime(started));
        return lookup;
    }

    /// <inheritdoc/>
    public override async ValueTask SetAsync<T>(
        string key, T value, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        await StoreAsync(key, value, options, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        await _store.RemoveAsync([key], cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask RemoveAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        await _store.RemoveAsync(keys, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Not supported yet.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Tags are not supported yet.");

    /// <summary>
    /// Removes all entries from Redis: every key that starts with the prefix and has a time to live, except those
    /// with a reserved prefix. Works in batches, so that no other command waits long.
    /// </summary>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>How many entries were removed.</returns>
    /// <exception cref="Topology.RedisUnavailableException">No master is up.</exception>
    /// <exception cref="StackExchange.Redis.RedisException">Redis failed on the way.</exception>
    public async ValueTask<long> ClearAsync(CancellationToken cancellationToken = default) =>
        await _store.ClearAsync(cancellationToken).ConfigureAwait(false);

    private async Task<(CacheLookup<T> Lookup, byte[]? Payload)> FillAsync<TState, T>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T>> factory, HybridCacheEntryOptions? options, CancellationToken cancellationToken)
    {
        var flags = options?.Flags ?? _options.Flags;
        var stored = StoredEntry.Missing;
        if (!flags.HasFlag(HybridCacheEntryFlags.DisableDistributedCacheRead) && key.Length <= _options.MaximumKeyLength)
        {
            stored = await _store.GetAsync(key, cancellationToken).ConfigureAwait(false);
            if (stored.State == StoredState.Found && TryDeserialize<T>(key, stored.Payload!, out var cached))
                return (new CacheLookup<T>(cached, CacheLevel.Redis, stored.Node, stored.TimeToLive), stored.Payload);
        }

        if (flags.HasFlag(HybridCacheEntryFlags.DisableUnderlyingData))
            return (new CacheLookup<T>(default!, CacheLevel.Source, Node: null, TimeToLive: null), null);

        var value = await CallSourceAsync(state, factory, cancellationToken).ConfigureAwait(false);
        if (stored.State == StoredState.Unavailable)
            return (new CacheLookup<T>(value, CacheLevel.Source, Node: null, TimeToLive: null), null);

        var (payload, timeToLive) = await StoreAsync(key, value, options, cancellationToken).ConfigureAwait(false);
        return (new CacheLookup<T>(value, CacheLevel.Source, Node: null, timeToLive), payload);
    }

    private async ValueTask<T> CallSourceAsync<TState, T>(TState state, Func<TState, CancellationToken, ValueTask<T>> factory, CancellationToken cancellationToken)
    {
        using var activity = CacheInstruments.Source.StartActivity("cache source");
        var started = _time.GetTimestamp();
        try
        {
            var value = await factory(state, cancellationToken).ConfigureAwait(false);
            _instruments.SourceCall(_time.GetElapsedTime(started), failure: null);
            return value;
        }
        catch (Exception failure)
        {
            _instruments.SourceCall(_time.GetElapsedTime(started), failure);
            activity?.SetStatus(ActivityStatusCode.Error, failure.Message);
            throw;
        }
    }

    private async ValueTask<(byte[]? Payload, TimeSpan? TimeToLive)> StoreAsync<T>(string key, T value, HybridCacheEntryOptions? options, CancellationToken cancellationToken)
    {
        var flags = options?.Flags ?? _options.Flags;
        if (flags.HasFlag(HybridCacheEntryFlags.DisableDistributedCacheWrite))
            return (null, null);
        if (key.Length > _options.MaximumKeyLength)
        {
            LogKeyTooLong(key.Length, _options.MaximumKeyLength);
            return (null, null);
        }

        var buffer = new ArrayBufferWriter<byte>();
        _serializers.Get<T>().Serialize(value, buffer);
        var payload = buffer.WrittenMemory.ToArray();
        if (payload.Length > _options.MaximumPayloadBytes)
        {
            LogPayloadTooLarge(key, payload.Length, _options.MaximumPayloadBytes);
            return (payload, null);
        }

        var expiration = options?.Expiration ?? _options.Expiration;
        var isStored = await _store.SetAsync(key, payload, expiration, cancellationToken).ConfigureAwait(false);
        return (payload, isStored ? expiration : null);
    }

    private bool TryDeserialize<T>(string key, byte[] payload, out T value)
    {
        try
        {
            value = _serializers.Get<T>().Deserialize(new ReadOnlySequence<byte>(payload));
            return true;
        }
#pragma warning disable CA1031 // A value that cannot be read, whatever the reason, is a miss.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogUnreadable(key, typeof(T), failure);
            value = default!;
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The value under '{Key}' cannot be read as {Type}: treated as a miss.")]
    private partial void LogUnreadable(string key, Type type, Exception failure);

    [LoggerMessage(LogLevel.Warning, "A key of {Length} characters is longer than the {Maximum} allowed: served, not cached.")]
    private partial void LogKeyTooLong(int length, int maximum);

    [LoggerMessage(LogLevel.Warning, "The value of '{Key}' has {Length} bytes, more than the {Maximum} allowed: served, not cached.")]
    private partial void LogPayloadTooLarge(string key, int length, int maximum);
}
