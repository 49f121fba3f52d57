using System.Runtime.InteropServices;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Coherence;
using RedisAspire.Caching.Near;
using RedisAspire.Caching.Serialization;

namespace RedisAspire.Caching.Entries;

/// <summary>
/// Fills a missing entry under a lease: one process of all asks the source, the others wait for what it finds. A source
/// that is asked all the same is left as soon as the other's value shows up.
/// </summary>
internal sealed class LeasedFiller(
    EntryReader entries,
    CoherentReader reader,
    ReadChannel channel,
    FillHandover handover,
    PeerHandover peers,
    RedisStore store,
    TagRegistry tags,
    EntryCodec codec,
    SourceCaller source,
    IOptions<ReplicatedCacheOptions> options,
    TimeProvider time)
{
    // A loser is woken by Redis; this is for the winner that died, or failed, and for a read node that does not tell.
    private static readonly TimeSpan LeasePoll = TimeSpan.FromMilliseconds(100);

    private readonly ReplicatedCacheOptions _options = options.Value;

    /// <summary>Fills the entry, or gets what another process fills it with.</summary>
    public async Task<FillResult<T>> FillAsync<TState, T>(FillJob<TState, T> job, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        // Who does not want to read from Redis does not want what is found there on the way to the lease either.
        TimeSpan? wanted = MayRead(job) ? TimeSpan.Zero : null;
        using var awaited = handover.Await();
        var isVoid = false;
        try
        {
            while (true)
            {
                var wait = channel.WaitFor(job.Key);
                var taking = TakeAsync(job, wanted, cancellationToken);
                if (await Task.WhenAny(taking, awaited.Payload).ConfigureAwait(false) != taking && await TakeOverAsync(job, awaited, cancellationToken).ConfigureAwait(false) is { } handedOver)
                {
                    _ = GiveBackAsync(taking);
                    return handedOver;
                }

                var (state, lease, holder, found) = await taking.ConfigureAwait(false);
                if (found is { } filled)
                    return filled;
                isVoid |= wait.IsVoid;
                if (lease is not null)
                {
                    // What still stood when ours took its place had not been removed. What did not may have been lost with an
                    // earlier master; under this one it was removed, or its holder is dead.
                    var isInherited = awaited.Holder is not null && awaited.Holder == holder;
                    if (!isInherited && (isVoid || lease.IsOfSameMaster(awaited.Holder)))
                        awaited.Forget();
                    return await CallAndStoreAsync(job, lease, awaited, isInherited, cancellationToken).ConfigureAwait(false);
                }

                if (state == LeaseState.Unavailable || time.GetElapsedTime(started) > _options.MaximumLeaseWait)
                {
                    if (isVoid)
                        awaited.Forget();
                    return await CallUnlessFilledAsync(job, awaited, cancellationToken).ConfigureAwait(false);
                }

                // What another one found may be from before a caller that does not want what is stored.
                if (MayRead(job))
                    awaited.From(holder);
                await WaitAsync(wait, awaited, cancellationToken).ConfigureAwait(false);
                isVoid = wait.IsVoid;
                if (wait.Ended.IsCompleted && await LookAgainAsync(job, cancellationToken).ConfigureAwait(false) is { } other)
                    return other;
            }
        }
        finally
        {
            channel.StopWaiting(job.Key);
        }
    }

    /// <summary>Replaces a stale entry, unless another process is at it or has done it.</summary>
    /// <returns>The new value, whoever found it; <see langword="null"/> while there is none.</returns>
    public async Task<FillResult<T>?> RefreshAsync<TState, T>(FillJob<TState, T> job, CancellationToken cancellationToken)
    {
        // The read node, or the look at it, may be behind a refresh that has just ended.
        var (_, lease, _, found) = await TakeAsync(job, job.Policy.StaleWindow, cancellationToken).ConfigureAwait(false);
        if (lease is null)
            return found;
        // A refresh that fails keeps its lease until that ends by itself: so long nobody calls the source again.
        lease.IsGivenBack = false;
        using var nothing = handover.Await();
        return await CallAndStoreAsync(job, lease, nothing, isInherited: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks the source, and stores nothing in Redis.</summary>
    /// <param name="job">What is asked for.</param>
    /// <param name="ticket">The right to keep the value in the process alone; <see langword="null"/> when it is not to be.</param>
    /// <param name="cancellationToken">Tells the source to stop.</param>
    public async Task<FillResult<T>> CallAsync<TState, T>(FillJob<TState, T> job, FillTicket? ticket, CancellationToken cancellationToken)
    {
        var stamps = ticket is null ? null : await tags.ReadAsync(job.Tags, job.Policy, cancellationToken).ConfigureAwait(false);
        var value = await source.CallAsync(job.State, job.Factory, job.Policy.SourceHardTimeout, cancellationToken).ConfigureAwait(false);
        if (ticket is null || stamps is null || cancellationToken.IsCancellationRequested || codec.Pack(job.Key, value, job.Policy, stamps) is not { } packed)
            return Unstored(job.Key, value);

        // Of a tag that has just begun the process does not know yet when it is removed.
        if (await tags.AreCurrentAsync(stamps, cancellationToken).ConfigureAwait(false))
            entries.KeepHere(ticket, value, packed.Bytes, packed.FreshFor, stamps, job.Policy);
        return OfSource(value, timeToLive: null, packed.Bytes);
    }

    private static bool MayRead<TState, T>(FillJob<TState, T> job) => job.Policy.Allows(HybridCacheEntryFlags.DisableDistributedCacheRead);

    private static async Task GiveBackAsync<T>(Task<Answer<T>> taking)
    {
        if ((await taking.ConfigureAwait(false)).Lease is { } lease)
            await lease.DisposeAsync().ConfigureAwait(false);
    }

    // The lease, or a fresh value that somebody has filled meanwhile.
    private async Task<Answer<T>> TakeAsync<TState, T>(FillJob<TState, T> job, TimeSpan? wanted, CancellationToken cancellationToken)
    {
        var (lease, answer) = await FillLease.TakeAsync(store, reader, peers, job.Key, wanted, _options.LeaseDuration, time).ConfigureAwait(false);
        if (answer.State == LeaseState.Filled)
        {
            if (await entries.JudgeAsync<T>(job.Key, answer.Entry, job.Policy, cancellationToken).ConfigureAwait(false) is { Finding: EntryFinding.Fresh } fresh)
                return new Answer<T>(answer.State, Lease: null, Holder: null, fresh.Result);
            // What is there is of no use: it is to be replaced.
            (lease, answer) = await FillLease.TakeAsync(store, reader, peers, job.Key, wanted: null, _options.LeaseDuration, time).ConfigureAwait(false);
        }

        return new Answer<T>(answer.State, lease, answer.Holder, Found: null);
    }

    private async Task<FillResult<T>> CallAndStoreAsync<TState, T>(FillJob<TState, T> job, FillLease lease, AwaitedFill awaited, bool isInherited, CancellationToken cancellationToken)
    {
        await using var ended = lease.ConfigureAwait(false);
        using var offered = peers.Offer(lease.Token);
        cancellationToken.ThrowIfCancellationRequested();
        // Before the source is called: a tag that is removed meanwhile makes the entry void from the start.
        var stamps = await tags.ReadAsync(job.Tags, job.Policy, cancellationToken).ConfigureAwait(false);
        var (value, handedOver) = await CallUnlessAsync(job, awaited, token => TakeOverAsync(job, awaited, token), cancellationToken).ConfigureAwait(false);
        if (handedOver is { } theirs && !isInherited)
            return theirs;
        // What a source returns that was told to stop may be half of it.
        cancellationToken.ThrowIfCancellationRequested();
        if (stamps is null || codec.Pack(job.Key, value, job.Policy, stamps) is not { } packed)
            return Unstored(job.Key, value);

        // To the end, also when everybody leaves now: of a write that was given up it would not be known whether it is done.
        var result = await lease.StoreAsync(packed.Payload, job.Policy.TimeToLive(packed.FreshFor), TagStamp.KeysOf(stamps), CancellationToken.None).ConfigureAwait(false);
        if (result.IsDone)
            reader.Changed(job.Key, result);
        // What a removal has kept from being stored nobody shall hear of.
        if (!result.IsReached || result.IsDone || lease.IsOfEarlierMaster)
        {
            offered?.Give(packed.Payload);
            // Not all hear of what a master has taken that is being replaced.
            if (!result.IsDone || !store.IsSettled)
                handover.Publish(lease.Token, packed.Payload);
        }

        return OfSource(value, result.IsDone ? packed.FreshFor : null, packed.Bytes);
    }

    // Whoever had the lease may still be at it, and is before us.
    private async Task<FillResult<T>> CallUnlessFilledAsync<TState, T>(FillJob<TState, T> job, AwaitedFill awaited, CancellationToken cancellationToken)
    {
        var (value, theirs) = await CallUnlessAsync(job, awaited, token => FilledAsync(job, awaited, token), cancellationToken).ConfigureAwait(false);
        return theirs ?? Unstored(job.Key, value);
    }

    // Asks the source, but leaves it when what somebody else has found comes first.
    private async Task<(T Value, FillResult<T>? Theirs)> CallUnlessAsync<TState, T>(
        FillJob<TState, T> job, AwaitedFill awaited, Func<CancellationToken, Task<FillResult<T>?>> comes, CancellationToken cancellationToken)
    {
        if (awaited.Holder is null)
            return (await source.CallAsync(job.State, job.Factory, job.Policy.SourceHardTimeout, cancellationToken).ConfigureAwait(false), null);

        // One for each: the token of a source that has answered is left alone.
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var ignoring = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ours = source.CallAsync(job.State, job.Factory, job.Policy.SourceHardTimeout, leaving.Token).AsTask();
        var theirs = comes(ignoring.Token);
        try
        {
            if (await Task.WhenAny(ours, theirs).ConfigureAwait(false) == ours || await theirs.ConfigureAwait(false) is not { } first)
                return (await ours.ConfigureAwait(false), null);
            _ = ours.ContinueWith(static left => _ = left.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return (first.Lookup.Value, first);
        }
        finally
        {
            await ignoring.CancelAsync().ConfigureAwait(false);
            if (!ours.IsCompleted)
                await leaving.CancelAsync().ConfigureAwait(false);
        }
    }

    // What another process stores or hands over; null when nothing more can come.
    private async Task<FillResult<T>?> FilledAsync<TState, T>(FillJob<TState, T> job, AwaitedFill awaited, CancellationToken cancellationToken)
    {
        awaited.Ask(peers, cancellationToken);
        while (true)
        {
            var wait = channel.WaitFor(job.Key);
            if (await LookAgainAsync(job, cancellationToken).ConfigureAwait(false) is { } stored)
                return stored;
            await WaitAsync(wait, awaited, cancellationToken).ConfigureAwait(false);
            if (wait.IsVoid)
                awaited.Forget();
            else if (awaited.Payload.IsCompleted)
                return await TakeOverAsync(job, awaited, cancellationToken).ConfigureAwait(false);
        }
    }

    // Until there may be something new: a loser is woken by Redis, or by the winner, and looks again now and then.
    private async Task WaitAsync(FillWait wait, AwaitedFill awaited, CancellationToken cancellationToken)
    {
        await channel.WatchAsync(wait, cancellationToken).ConfigureAwait(false);
        await Task.WhenAny(wait.Ended, awaited.Payload, Task.Delay(LeasePoll, time, cancellationToken)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<FillResult<T>?> LookAgainAsync<TState, T>(FillJob<TState, T> job, CancellationToken cancellationToken) =>
        MayRead(job) && await entries.ReadAsync<T>(job.Key, job.Policy, cancellationToken).ConfigureAwait(false) is { Finding: EntryFinding.Fresh } look
            ? look.Result
            : null;

    private async Task<FillResult<T>?> TakeOverAsync<TState, T>(FillJob<TState, T> job, AwaitedFill awaited, CancellationToken cancellationToken)
    {
        var payload = await awaited.Payload.WaitAsync(cancellationToken).ConfigureAwait(false);
        var entry = StoredEntry.Of(payload, timeToLive: null, node: "", ticket: null);
        var (finding, found) = await entries.JudgeAsync<T>(job.Key, entry, job.Policy, cancellationToken).ConfigureAwait(false);
        if (finding == EntryFinding.Fresh)
            return OfSource(found.Lookup.Value, timeToLive: null, found.Bytes);
        awaited.Forget();
        return null;
    }

    // Serialized all the same, because others may wait for objects of their own.
    private FillResult<T> Unstored<T>(string key, T value) =>
        OfSource(value, timeToLive: null, !Immutability<T>.IsShareable && codec.Serialize(key, value) is { } bytes ? (ReadOnlyMemory<byte>?)bytes : null);

    private static FillResult<T> OfSource<T>(T value, TimeSpan? timeToLive, ReadOnlyMemory<byte>? bytes) =>
        new(new CacheLookup<T>(value, CacheLevel.Source, Node: null, timeToLive), value is null ? null : bytes);

    // Holder: who has the lease, or had the one that ours replaced.
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Answer<T>(LeaseState State, FillLease? Lease, string? Holder, FillResult<T>? Found);
}
