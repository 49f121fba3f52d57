using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Store;
using RedisAspire.Caching.Telemetry;

namespace RedisAspire.Caching.Lookup;

/// <summary>
/// Fills a missing entry under a lease: one process in the cluster takes the lease, calls the source and stores the value;
/// the others wait for the invalidation that Redis pushes when the lease ends, and read again. Without a master no process
/// gets a lease, and each process calls its own source once.
/// </summary>
internal sealed class LeasedFiller(
    EntryReader entries,
    CoherentReader reader,
    ReadChannel channel,
    RedisStore store,
    TagRegistry tags,
    EntryCodec codec,
    SourceCaller source,
    IOptions<ReplicatedCacheOptions> options,
    TimeProvider time)
{
    // The invalidation ends the wait. Waiting processes also poll this often, in case the process with the lease has died or
    // failed, or the read node does not push.
    private static readonly TimeSpan LeasePoll = TimeSpan.FromMilliseconds(100);

    private readonly ReplicatedCacheOptions _options = options.Value;

    /// <summary>Fills the entry, or gets what another process fills it with.</summary>
    public async Task<FillResult<T>> FillAsync<TState, T>(FillJob<TState, T> job, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        // A caller that must not read from Redis must not get a value that was found when the lease was requested either.
        var mayRead = job.Policy.Allows(HybridCacheEntryFlags.DisableDistributedCacheRead);
        TimeSpan? wanted = mayRead ? TimeSpan.Zero : null;
        try
        {
            while (true)
            {
                // The wait starts before the lease is requested, so that the end of the other fill is not missed.
                var wait = channel.WaitFor(job.Key);
                var (state, lease, filled) = await TakeAsync(job, wanted, cancellationToken).ConfigureAwait(false);
                if (filled is { } found)
                    return found;
                if (lease is not null)
                    return await CallAndStoreAsync(job, lease, cancellationToken).ConfigureAwait(false);
                if (state == LeaseState.Unavailable || time.GetElapsedTime(started) > _options.MaximumLeaseWait)
                    return await CallAsync(job, ticket: null, cancellationToken).ConfigureAwait(false);

                await WaitAsync(wait, cancellationToken).ConfigureAwait(false);
                if (mayRead && wait.Ended.IsCompleted
                    && await entries.ReadAsync<T>(job.Key, job.Policy, job.Tags, cancellationToken).ConfigureAwait(false) is { Finding: EntryFinding.Fresh } stored)
                    return stored.Result!;
            }
        }
        finally
        {
            channel.StopWaiting(job.Key);
        }
    }

    /// <summary>Replaces a stale entry, unless another process is doing that or has just done it.</summary>
    /// <returns>The new value, whichever process fetched it; <see langword="null"/> while there is none.</returns>
    public async Task<FillResult<T>?> RefreshAsync<TState, T>(FillJob<TState, T> job, CancellationToken cancellationToken)
    {
        // A replica may not have the value of a refresh that has just ended. The master has it, with a longer time to live.
        var (_, lease, filled) = await TakeAsync(job, job.Policy.StaleWindow, cancellationToken).ConfigureAwait(false);
        if (lease is null)
            return filled;
        // A refresh that fails keeps its lease until the lease expires: until then no process calls the source again.
        lease.ReleasesIfUnused = false;
        return await CallAndStoreAsync(job, lease, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Calls the source, and stores nothing in Redis.</summary>
    /// <param name="job">The parameters of the look-up.</param>
    /// <param name="ticket">The right to store the value in the near cache only; <see langword="null"/> when it must not be stored.</param>
    /// <param name="cancellationToken">Cancels the call of the source.</param>
    public async Task<FillResult<T>> CallAsync<TState, T>(FillJob<TState, T> job, FillTicket? ticket, CancellationToken cancellationToken)
    {
        var stamps = ticket is null ? null : await tags.ReadAsync(job.Tags, job.Policy, cancellationToken).ConfigureAwait(false);
        var value = await source.CallAsync(job.State, job.Factory, job.Policy.SourceHardTimeout, cancellationToken).ConfigureAwait(false);
        if (ticket is null || stamps is null || cancellationToken.IsCancellationRequested || codec.Pack(job.Key, value, job.Policy, stamps) is not { } packed)
            return Unstored(job.Key, value);

        // Reading the stamps of the tags makes Redis push an invalidation when one of the tags is removed.
        if (await tags.AreCurrentAsync(stamps, cancellationToken).ConfigureAwait(false))
            entries.StoreNear(ticket, value, packed.Bytes, packed.FreshFor, stamps, job.Policy);
        return OfSource(value, timeToLive: null, packed.Bytes);
    }

    // Returns the lease, or a fresh value that another process has stored meanwhile.
    private async Task<(LeaseState State, FillLease? Lease, FillResult<T>? Filled)> TakeAsync<TState, T>(FillJob<TState, T> job, TimeSpan? wanted, CancellationToken cancellationToken)
    {
        var (lease, answer) = await FillLease.TakeAsync(store, reader, job.Key, wanted, _options.LeaseDuration, time).ConfigureAwait(false);
        if (answer.State == LeaseState.Filled)
        {
            if (await entries.ClassifyAsync<T>(job.Key, answer.Entry, job.Policy, cancellationToken).ConfigureAwait(false) is { Finding: EntryFinding.Fresh } fresh)
                return (answer.State, null, fresh.Result);
            // The existing value cannot be used, so it is replaced.
            (lease, answer) = await FillLease.TakeAsync(store, reader, job.Key, wanted: null, _options.LeaseDuration, time).ConfigureAwait(false);
        }

        return (answer.State, lease, null);
    }

    private async Task<FillResult<T>> CallAndStoreAsync<TState, T>(FillJob<TState, T> job, FillLease lease, CancellationToken cancellationToken)
    {
        await using var ended = lease.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        // The stamps are read before the source is called, so that removing a tag meanwhile makes the entry void.
        var stamps = await tags.ReadAsync(job.Tags, job.Policy, cancellationToken).ConfigureAwait(false);
        var value = await source.CallAsync(job.State, job.Factory, job.Policy.SourceHardTimeout, cancellationToken).ConfigureAwait(false);
        // A source that was cancelled may return an incomplete value.
        cancellationToken.ThrowIfCancellationRequested();
        if (stamps is null || codec.Pack(job.Key, value, job.Policy, stamps) is not { } packed)
            return Unstored(job.Key, value);

        var result = await lease.StoreAsync(packed.Payload, job.Policy.TimeToLive(packed.FreshFor), TagStamp.KeysOf(stamps)).ConfigureAwait(false);
        if (result.IsDone)
            reader.Changed(job.Key, result);
        return OfSource(value, result.IsDone ? packed.FreshFor : null, packed.Bytes);
    }

    // Returns when the other fill may have ended, or when it is time to poll.
    private async Task WaitAsync(FillWait wait, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        await channel.WatchAsync(wait, cancellationToken).ConfigureAwait(false);
        await Task.WhenAny(wait.Ended, Task.Delay(LeasePoll, time, cancellationToken)).ConfigureAwait(false);
        CacheTrace.Current?.Add(CacheTraceKind.Wait, wait.Ended.IsCompleted ? CacheTraceOutcome.Done : CacheTraceOutcome.Held, started, channel.Node);
        cancellationToken.ThrowIfCancellationRequested();
    }

    // The value is serialized even though it is not stored, because callers that share the flight may need their own objects.
    private FillResult<T> Unstored<T>(string key, T value) =>
        OfSource(value, timeToLive: null, !Immutability<T>.IsShareable && codec.Serialize(key, value) is { } bytes ? (ReadOnlyMemory<byte>?)bytes : null);

    private static FillResult<T> OfSource<T>(T value, TimeSpan? timeToLive, ReadOnlyMemory<byte>? bytes) =>
        new(new CacheLookup<T>(value, CacheLevel.Source, Node: null, timeToLive), value is null ? null : bytes);
}

/// <summary>The right of one process in the cluster to fill an entry, renewed while the source is being called.</summary>
internal sealed class FillLease : IAsyncDisposable
{
    private readonly RedisStore _store;
    private readonly CoherentReader _reader;
    private readonly string _key;
    private readonly string _token;
    private readonly ITimer _renewal;
    private bool _hasStored;

    private FillLease(RedisStore store, CoherentReader reader, string key, string token, TimeSpan duration, TimeProvider time)
    {
        _store = store;
        _reader = reader;
        _key = key;
        _token = token;
        _renewal = time.CreateTimer(static lease => ((FillLease)lease!).Renew(), this, duration / 3, duration / 3);
    }

    /// <summary>Whether the lease is released when no value was stored; otherwise it expires.</summary>
    public bool ReleasesIfUnused { get; set; } = true;

    /// <summary>Tries to get the lease.</summary>
    /// <returns>The lease if it was <see cref="LeaseState.Taken"/>, and the answer of the master.</returns>
    public static async ValueTask<(FillLease? Lease, LeaseAnswer Answer)> TakeAsync(
        RedisStore store, CoherentReader reader, string key, TimeSpan? wanted, TimeSpan duration, TimeProvider time)
    {
        // The token starts with the run id of the master, because a new master ignores the leases of the old one (see the script).
        var token = $"{store.MasterRunId}:{Guid.NewGuid():N}";
        var answer = await store.TakeLeaseAsync(key, token, wanted).ConfigureAwait(false);
        return (answer.State == LeaseState.Taken ? new FillLease(store, reader, key, token, duration, time) : null, answer);
    }

    /// <summary>Writes the entry, unless it was removed since the lease was taken. Ends the lease.</summary>
    public async ValueTask<WriteResult> StoreAsync(byte[] payload, TimeSpan timeToLive, IReadOnlyCollection<string> tagKeys)
    {
        _hasStored = true;
        // The write is not cancelled when all callers have cancelled, because the outcome of an abandoned write is unknown.
        var result = await _store.SetUnderLeaseAsync(_key, _token, payload, timeToLive, tagKeys).ConfigureAwait(false);
        MarkEnded(result);
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        await _renewal.DisposeAsync().ConfigureAwait(false);
        if (!_hasStored && ReleasesIfUnused)
            MarkEnded(await _store.ReleaseLeaseAsync(_key, _token).ConfigureAwait(false));
    }

    // When the master died before the lease was released, the lease may still exist on the next master, where other processes
    // would wait for it, so its removal is retried.
    private void MarkEnded(WriteResult result)
    {
        if (!result.IsReached)
            _reader.Written(InternalKeys.Lease(_key), result);
    }

    private void Renew() => _ = _store.RenewLeaseAsync(_key, _token).AsTask();
}
