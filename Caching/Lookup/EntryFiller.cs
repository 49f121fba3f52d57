using System.Runtime.InteropServices;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Near;

namespace RedisAspire.Caching.Lookup;

/// <summary>Finds a value that is not in the process: in Redis, or else at the source, asked by one process of all.</summary>
internal sealed partial class EntryFiller(
    EntryReader entries, LeasedFiller filler, NearCache near, IOptions<ReplicatedCacheOptions> options, TimeProvider time, WarningLimiter warnings, ILogger<EntryFiller> logger)
{
    private readonly ReplicatedCacheOptions _options = options.Value;
    private readonly SingleFlight<HybridCacheEntryFlags> _refreshes = new();
    // Once is enough: an application that has such keys asks for them all the time.
    private bool _isUnusableKeyLogged;

    /// <summary>Finds the value.</summary>
    public async Task<FillResult<T>> FillAsync<TState, T>(FillJob<TState, T> job, CancellationToken cancellationToken)
    {
        var (key, policy) = (job.Key, job.Policy);
        if (key.Length > _options.MaximumKeyLength)
            return await BypassAsync(job, cancellationToken).ConfigureAwait(false);

        // Begun before Redis is read, so that a change after that keeps the value from staying.
        var ticket = policy.IsForProcessAlone ? near.BeginFill(key) : null;
        try
        {
            var (finding, found) = policy.Allows(HybridCacheEntryFlags.DisableDistributedCacheRead)
                ? await entries.ReadAsync<T>(key, policy, cancellationToken).ConfigureAwait(false)
                : (EntryFinding.Missing, default);
            if (finding == EntryFinding.Fresh)
                return found;
            if (!policy.Allows(HybridCacheEntryFlags.DisableUnderlyingData))
                return finding == EntryFinding.Stale ? found : Absent<T>();
            if (finding == EntryFinding.Stale)
                return await RefreshAsync(job, found, cancellationToken).ConfigureAwait(false);
            if (finding == EntryFinding.Unavailable || !policy.Allows(HybridCacheEntryFlags.DisableDistributedCacheWrite))
                return await filler.CallAsync(job, ticket, cancellationToken).ConfigureAwait(false);
            return await filler.FillAsync(job, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (ticket is not null)
                near.Abandon(ticket);
        }
    }

    /// <summary>Asks the source for what cannot be cached under its key.</summary>
    public async Task<FillResult<T>> BypassAsync<TState, T>(FillJob<TState, T> job, CancellationToken cancellationToken)
    {
        if (!Interlocked.Exchange(ref _isUnusableKeyLogged, true))
            LogKeyUnusable(job.Key?.Length ?? 0, _options.MaximumKeyLength);
        return job.Policy.Allows(HybridCacheEntryFlags.DisableUnderlyingData)
            ? await filler.CallAsync(job, ticket: null, cancellationToken).ConfigureAwait(false)
            : Absent<T>();
    }

    /// <summary>Keeps a value in the process alone whose key has just been removed from Redis.</summary>
    public ValueTask KeepHereAsync<T>(string key, T value, ReadOnlyMemory<byte> bytes, TimeSpan freshFor, TagStamp[] stamps, in EntryPolicy policy, CancellationToken cancellationToken) =>
        entries.KeepHereAsync(key, value, bytes, freshFor, stamps, policy, cancellationToken);

    /// <summary>Who comes from now on does not share the refresh of a key that is under way.</summary>
    public void Forget(string key) => _refreshes.Forget(key);

    /// <summary>Who comes from now on shares no refresh that is under way.</summary>
    public void ForgetAll() => _refreshes.ForgetAll();

    private static FillResult<T> Absent<T>() => new(new CacheLookup<T>(default!, CacheLevel.Source, Node: null, TimeToLive: null), null);

    // One caller refreshes what is stale; all take the stale value meanwhile, or after the soft time-out.
    private async Task<FillResult<T>> RefreshAsync<TState, T>(FillJob<TState, T> job, FillResult<T> stale, CancellationToken cancellationToken)
    {
        var mayWrite = job.Policy.Allows(HybridCacheEntryFlags.DisableDistributedCacheWrite);
        if (!mayWrite && job.Policy.SourceSoftTimeout == TimeSpan.Zero)
            return stale;

        // All that may write do the same, whatever else is switched off for them.
        var variant = mayWrite ? HybridCacheEntryFlags.None : job.Policy.Flags;
        var refresh = _refreshes.RunAsync(job.Key, variant, (Filler: this, job), static (work, token) => work.Filler.TryRefreshAsync(work.job, token), CancellationToken.None).AsTask();
        if (job.Policy.SourceSoftTimeout == TimeSpan.Zero)
            return stale;

        try
        {
            var softTimeout = job.Policy.SourceSoftTimeout <= SourceCaller.Longest ? job.Policy.SourceSoftTimeout : Timeout.InfiniteTimeSpan;
            var (fresh, _) = await refresh.WaitAsync(softTimeout, time, cancellationToken).ConfigureAwait(false);
            return fresh ?? stale;
        }
        catch (TimeoutException)
        {
            return stale;
        }
    }

    // Never fails: nobody may be waiting, and there is a stale value.
    private async Task<FillResult<T>?> TryRefreshAsync<TState, T>(FillJob<TState, T> job, CancellationToken cancellationToken)
    {
        try
        {
            return job.Policy.Allows(HybridCacheEntryFlags.DisableDistributedCacheWrite)
                ? await filler.RefreshAsync(job, cancellationToken).ConfigureAwait(false)
                : await filler.CallAsync(job, ticket: null, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The source throws what it likes.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (warnings.IsDue(nameof(LogRefreshFailed), job.Key))
                LogRefreshFailed(job.Key, failure);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "A key of {Length} characters is blank, has control characters or half a surrogate pair, or is longer than the {Maximum} allowed: such are served, not cached. This is not said again.")]
    private partial void LogKeyUnusable(int length, int maximum);

    [LoggerMessage(LogLevel.Warning, "The stale value of '{Key}' could not be refreshed: it is served for as long as its stale window lasts.")]
    private partial void LogRefreshFailed(string key, Exception failure);
}

/// <summary>What is to be found, and how.</summary>
/// <param name="Key">The key.</param>
/// <param name="State">Passed to <paramref name="Factory"/>.</param>
/// <param name="Factory">The source.</param>
/// <param name="Policy">How the entry is cached.</param>
/// <param name="Tags">The entry's tags.</param>
internal sealed record FillJob<TState, T>(
    string Key, TState State, Func<TState, CancellationToken, ValueTask<T>> Factory, EntryPolicy Policy, string[]? Tags);

/// <summary>What one caller found out for all that wait with it.</summary>
/// <param name="Lookup">The value and its story.</param>
/// <param name="Bytes">The serialized value, from which others make objects of their own; <see langword="null"/> where there is none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FillResult<T>(CacheLookup<T> Lookup, ReadOnlyMemory<byte>? Bytes);
