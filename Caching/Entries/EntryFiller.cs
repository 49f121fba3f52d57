using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Coherence;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Serialization;

namespace RedisAspire.Caching.Entries;

/// <summary>Finds a value that is not in the process: in Redis, or else at the source, asked by one process of all.</summary>
internal sealed partial class EntryFiller(
    CoherentReader reader,
    ReadChannel channel,
    FillHandover handover,
    RedisStore store,
    NearCache near,
    TagRegistry tags,
    EntryCodec codec,
    SourceCaller source,
    IOptions<ReplicatedCacheOptions> options,
    TimeProvider time,
    ILogger<EntryFiller> logger)
{
    // A loser is woken by Redis; this is for the winner that died, or failed.
    private static readonly TimeSpan LeasePoll = TimeSpan.FromMilliseconds(100);

    private readonly ReplicatedCacheOptions _options = options.Value;
    private readonly SingleFlight<string> _refreshes = new();
    // Once is enough: an application that stores such things does so all the time.
    private bool _isLongKeyLogged;
    private bool _isLargePayloadLogged;

    private enum Finding
    {
        Missing,
        Fresh,
        Stale,
        Unavailable,
    }

    /// <summary>Finds the value.</summary>
    public async Task<FillResult<T>> FillAsync<TState, T>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T>> factory, EntryPolicy policy, IEnumerable<string>? entryTags, CancellationToken cancellationToken)
    {
        var job = new Job<TState, T>(key, state, factory, policy, entryTags);
        if (key.Length > _options.MaximumKeyLength)
        {
            if (!Interlocked.Exchange(ref _isLongKeyLogged, true))
                LogKeyTooLong(key.Length, _options.MaximumKeyLength);
            return await UncachedAsync(job, cancellationToken).ConfigureAwait(false);
        }

        var (finding, found) = policy.Allows(HybridCacheEntryFlags.DisableDistributedCacheRead)
            ? await LookAsync<T>(key, await reader.ReadAsync(key, cancellationToken).ConfigureAwait(false), policy, cancellationToken).ConfigureAwait(false)
            : (Finding.Missing, default);
        if (finding == Finding.Fresh)
            return found;
        if (!policy.Allows(HybridCacheEntryFlags.DisableUnderlyingData))
            return finding == Finding.Stale ? found : new FillResult<T>(new CacheLookup<T>(default!, CacheLevel.Source, Node: null, TimeToLive: null), null);
        if (finding == Finding.Stale)
            return await RefreshAsync(job, found, cancellationToken).ConfigureAwait(false);
        if (finding == Finding.Unavailable || !policy.Allows(HybridCacheEntryFlags.DisableDistributedCacheWrite))
            return await UncachedAsync(job, cancellationToken).ConfigureAwait(false);
        return await FillUnderLeaseAsync(job, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The bytes to store for a value, and how long; <see langword="null"/> when it cannot be cached.</summary>
    public (byte[] Payload, byte[] Bytes, TimeSpan FreshFor)? Pack<T>(string key, T value, in EntryPolicy policy, TagStamp[] stamps)
    {
        var bytes = codec.Serialize(value);
        var payload = new EntryHeader(value is null, policy.StaleWindow, stamps).Wrap(bytes);
        if (payload.Length <= _options.MaximumPayloadBytes)
            return (payload, bytes, policy.FreshFor(value is null));

        if (!Interlocked.Exchange(ref _isLargePayloadLogged, true))
            LogPayloadTooLarge(key, payload.Length, _options.MaximumPayloadBytes);
        return null;
    }

    private async ValueTask<(Finding Finding, FillResult<T> Result)> LookAsync<T>(string key, StoredEntry stored, EntryPolicy policy, CancellationToken cancellationToken)
    {
        var isKept = false;
        try
        {
            if (stored.State != StoredState.Found)
                return (stored.State == StoredState.Missing ? Finding.Missing : Finding.Unavailable, default);
            if (!codec.TryDecode<T>(key, stored.Payload!, out var header, out var value, out var bytes))
                return (Finding.Missing, default);
            if (header.Tags.Count > 0 && !await tags.AreCurrentAsync(header.Tags, cancellationToken).ConfigureAwait(false))
                return (Finding.Missing, default);

            var freshFor = stored.TimeToLive - header.StaleWindow;
            var isStale = freshFor <= TimeSpan.Zero;
            if (!isStale && stored.Ticket is { } ticket && policy.Allows(HybridCacheEntryFlags.DisableLocalCacheWrite))
            {
                isKept = true;
                near.TryComplete(ticket, ItemOf(ticket, value, bytes, stored, freshFor, header, policy));
            }

            var lookup = new CacheLookup<T>(value, CacheLevel.Redis, stored.Node, isStale ? TimeSpan.Zero : freshFor) { IsStale = isStale };
            return (isStale ? Finding.Stale : Finding.Fresh, new FillResult<T>(lookup, header.IsNull ? null : bytes));
        }
        finally
        {
            if (!isKept && stored.Ticket is { } unused)
                near.Abandon(unused);
        }
    }

    private NearItem ItemOf<T>(FillTicket ticket, T value, ReadOnlyMemory<byte> bytes, in StoredEntry stored, TimeSpan? freshFor, EntryHeader header, in EntryPolicy policy)
    {
        var clock = near.Clock;
        var endsAt = clock.DeadlineOf(ticket.BeganAt, freshFor);
        var expiresAt = policy.LocalExpiration is { } local ? Math.Min(endsAt, clock.DeadlineOf(ticket.BeganAt, local)) : endsAt;
        var size = value is string text ? text.Length * sizeof(char) : bytes.Length;
        return new NearItem(EntryCodec.ToNear(value, bytes), NearItem.SizeOf(ticket.Key, size), expiresAt)
        {
            IsShared = value is null || Immutability<T>.IsShareable,
            Node = stored.Node,
            StoredAt = ticket.BeganAt,
            EndsAt = endsAt,
            Tags = header.Tags.Count == 0 ? null : header.Tags,
        };
    }

    private async Task<FillResult<T>> FillUnderLeaseAsync<TState, T>(Job<TState, T> job, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        // Who does not want to read from Redis does not want what is found there on the way to the lease either.
        TimeSpan? wanted = job.Policy.Allows(HybridCacheEntryFlags.DisableDistributedCacheRead) ? TimeSpan.Zero : null;
        try
        {
            while (true)
            {
                var wait = channel.WaitFor(job.Key);
                var (state, lease, found) = await TakeLeaseAsync(job, wanted, cancellationToken).ConfigureAwait(false);
                if (found is { } filled)
                    return filled;
                if (state == LeaseState.Taken)
                    return await CallAndStoreAsync(job, lease!, cancellationToken).ConfigureAwait(false);
                if (state == LeaseState.Unavailable || time.GetElapsedTime(started) > _options.MaximumLeaseWait)
                    return await UncachedUnlessHandedOverAsync(job, wait, cancellationToken).ConfigureAwait(false);

                await channel.WatchAsync(wait, cancellationToken).ConfigureAwait(false);
                await Task.WhenAny(wait.News, Task.Delay(LeasePoll, time, cancellationToken)).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                if (await TryTakeOverAsync(job, wait).ConfigureAwait(false) is { } takenOver)
                    return takenOver;
            }
        }
        finally
        {
            channel.StopWaiting(job.Key);
        }
    }

    // Whoever had the lease may still be at it, and is before us.
    private async Task<FillResult<T>> UncachedUnlessHandedOverAsync<TState, T>(Job<TState, T> job, FillWait wait, CancellationToken cancellationToken)
    {
        if (!wait.IsWatched)
            return await UncachedAsync(job, cancellationToken).ConfigureAwait(false);

        using var superseded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var call = UncachedAsync(job, superseded.Token);
        if (await Task.WhenAny(call, wait.News).ConfigureAwait(false) == call || await TryTakeOverAsync(job, wait).ConfigureAwait(false) is not { } takenOver)
            return await call.ConfigureAwait(false);

        await superseded.CancelAsync().ConfigureAwait(false);
        _ = call.ContinueWith(static left => _ = left.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return takenOver;
    }

    private async ValueTask<FillResult<T>?> TryTakeOverAsync<TState, T>(Job<TState, T> job, FillWait wait)
    {
        if (!wait.News.IsCompletedSuccessfully || await wait.News.ConfigureAwait(false) is not { } payload)
            return null;
        var entry = StoredEntry.Of(payload, timeToLive: null, node: "", ticket: null);
        var (finding, found) = await LookAsync<T>(job.Key, entry, job.Policy, CancellationToken.None).ConfigureAwait(false);
        return finding == Finding.Fresh ? OfSource(found.Lookup.Value, timeToLive: null, found.Bytes) : null;
    }

    // The lease, or a fresh value that somebody has filled meanwhile.
    private async ValueTask<(LeaseState State, FillLease? Lease, FillResult<T>? Found)> TakeLeaseAsync<TState, T>(Job<TState, T> job, TimeSpan? wanted, CancellationToken cancellationToken)
    {
        var (state, lease, entry) = await FillLease.TakeAsync(store, reader, job.Key, wanted, _options.LeaseDuration, time).ConfigureAwait(false);
        if (state != LeaseState.Filled)
            return (state, lease, null);
        if (await LookAsync<T>(job.Key, entry, job.Policy, cancellationToken).ConfigureAwait(false) is { Finding: Finding.Fresh } look)
            return (state, null, look.Result);

        // What is there is of no use: it is to be replaced.
        (state, lease, _) = await FillLease.TakeAsync(store, reader, job.Key, wanted: null, _options.LeaseDuration, time).ConfigureAwait(false);
        return (state, lease, null);
    }

    private async Task<FillResult<T>> CallAndStoreAsync<TState, T>(Job<TState, T> job, FillLease lease, CancellationToken cancellationToken)
    {
        await using var ended = lease.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        // Before the source is called: a tag that is removed meanwhile makes the entry void from the start.
        var stamps = await tags.ReadAsync(job.Tags, cancellationToken).ConfigureAwait(false);
        var value = await source.CallAsync(job.State, job.Factory, job.Policy.SourceHardTimeout, cancellationToken).ConfigureAwait(false);
        if (stamps is null || Pack(job.Key, value, job.Policy, stamps) is not { } packed)
            return Unstored(value);

        var result = await lease.StoreAsync(packed.Payload, job.Policy.TimeToLive(packed.FreshFor), cancellationToken).ConfigureAwait(false);
        if (result.IsDone)
            reader.Changed(job.Key, result);
        else if (!result.IsReached)
            handover.Publish(job.Key, packed.Payload);
        return OfSource(value, result.IsDone ? packed.FreshFor : null, value is null ? null : packed.Bytes);
    }

    // One caller refreshes what is stale; all take the stale value meanwhile, or after the soft time-out.
    private async Task<FillResult<T>> RefreshAsync<TState, T>(Job<TState, T> job, FillResult<T> stale, CancellationToken cancellationToken)
    {
        var refresh = _refreshes.RunAsync(job.Key, (Filler: this, job), static (work, token) => work.Filler.TryRefreshAsync(work.job, token), CancellationToken.None).AsTask();
        if (job.Policy.SourceSoftTimeout == TimeSpan.Zero)
            return stale;

        try
        {
            var (fresh, _) = await refresh.WaitAsync(job.Policy.SourceSoftTimeout, time, cancellationToken).ConfigureAwait(false);
            return fresh ?? stale;
        }
        catch (TimeoutException)
        {
            return stale;
        }
    }

    // Never fails: nobody may be waiting, and there is a stale value.
    private async Task<FillResult<T>?> TryRefreshAsync<TState, T>(Job<TState, T> job, CancellationToken cancellationToken)
    {
        try
        {
            // The read node, or this look at it, may be behind a refresh that has just ended.
            var (_, lease, found) = await TakeLeaseAsync(job, job.Policy.StaleWindow, cancellationToken).ConfigureAwait(false);
            return lease is null ? found : await CallAndStoreAsync(job, lease, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The source throws what it likes.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogRefreshFailed(job.Key, failure);
            return null;
        }
    }

    private async Task<FillResult<T>> UncachedAsync<TState, T>(Job<TState, T> job, CancellationToken cancellationToken)
    {
        var value = await source.CallAsync(job.State, job.Factory, job.Policy.SourceHardTimeout, cancellationToken).ConfigureAwait(false);
        return Unstored(value);
    }

    // Serialized all the same, because others may wait for objects of their own.
    private FillResult<T> Unstored<T>(T value) =>
        OfSource(value, timeToLive: null, value is null || Immutability<T>.IsShareable ? null : codec.Serialize(value));

    private static FillResult<T> OfSource<T>(T value, TimeSpan? timeToLive, ReadOnlyMemory<byte>? bytes) =>
        new(new CacheLookup<T>(value, CacheLevel.Source, Node: null, timeToLive), bytes);

    private sealed record Job<TState, T>(string Key, TState State, Func<TState, CancellationToken, ValueTask<T>> Factory, EntryPolicy Policy, IEnumerable<string>? Tags);

    [LoggerMessage(LogLevel.Warning, "A key of {Length} characters is longer than the {Maximum} allowed: such are served, not cached. This is not said again.")]
    private partial void LogKeyTooLong(int length, int maximum);

    [LoggerMessage(LogLevel.Warning, "The value of '{Key}' has {Length} bytes, more than the {Maximum} allowed: such are served, not cached. This is not said again.")]
    private partial void LogPayloadTooLarge(string key, int length, int maximum);

    [LoggerMessage(LogLevel.Warning, "The stale value of '{Key}' could not be refreshed: it is served for as long as its stale window lasts.")]
    private partial void LogRefreshFailed(string key, Exception failure);
}
