using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace RedisAspire.Caching.Entries;

/// <summary>Finds a value that is not in the process: in Redis, or else at the source, asked by one process of all.</summary>
internal sealed partial class EntryFiller(
    EntryReader entries, LeasedFiller filler, IOptions<ReplicatedCacheOptions> options, TimeProvider time, WarningLimiter warnings, ILogger<EntryFiller> logger)
{
    private readonly ReplicatedCacheOptions _options = options.Value;
    private readonly SingleFlight<string> _refreshes = new();
    // Once is enough: an application that has such keys asks for them all the time.
    private bool _isLongKeyLogged;

    /// <summary>Finds the value.</summary>
    public async Task<FillResult<T>> FillAsync<TState, T>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T>> factory, EntryPolicy policy, IEnumerable<string>? entryTags, CancellationToken cancellationToken)
    {
        var job = new FillJob<TState, T>(key, state, factory, policy, entryTags);
        if (key.Length > _options.MaximumKeyLength)
        {
            if (!Interlocked.Exchange(ref _isLongKeyLogged, true))
                LogKeyTooLong(key.Length, _options.MaximumKeyLength);
            return await filler.CallAsync(job, cancellationToken).ConfigureAwait(false);
        }

        var (finding, found) = policy.Allows(HybridCacheEntryFlags.DisableDistributedCacheRead)
            ? await entries.ReadAsync<T>(key, policy, cancellationToken).ConfigureAwait(false)
            : (EntryFinding.Missing, default);
        if (finding == EntryFinding.Fresh)
            return found;
        if (!policy.Allows(HybridCacheEntryFlags.DisableUnderlyingData))
            return finding == EntryFinding.Stale ? found : new FillResult<T>(new CacheLookup<T>(default!, CacheLevel.Source, Node: null, TimeToLive: null), null);
        if (finding == EntryFinding.Stale)
            return await RefreshAsync(job, found, cancellationToken).ConfigureAwait(false);
        if (finding == EntryFinding.Unavailable || !policy.Allows(HybridCacheEntryFlags.DisableDistributedCacheWrite))
            return await filler.CallAsync(job, cancellationToken).ConfigureAwait(false);
        return await filler.FillAsync(job, cancellationToken).ConfigureAwait(false);
    }

    // One caller refreshes what is stale; all take the stale value meanwhile, or after the soft time-out.
    private async Task<FillResult<T>> RefreshAsync<TState, T>(FillJob<TState, T> job, FillResult<T> stale, CancellationToken cancellationToken)
    {
        var refresh = _refreshes.RunAsync(job.Key, (Filler: this, job), static (work, token) => work.Filler.TryRefreshAsync(work.job, token), CancellationToken.None).AsTask();
        if (job.Policy.SourceSoftTimeout == TimeSpan.Zero)
            return stale;

        try
        {
            var patience = job.Policy.SourceSoftTimeout <= SourceCaller.Longest ? job.Policy.SourceSoftTimeout : Timeout.InfiniteTimeSpan;
            var (fresh, _) = await refresh.WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
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
            return await filler.RefreshAsync(job, cancellationToken).ConfigureAwait(false);
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

    [LoggerMessage(LogLevel.Warning, "A key of {Length} characters is longer than the {Maximum} allowed: such are served, not cached. This is not said again.")]
    private partial void LogKeyTooLong(int length, int maximum);

    [LoggerMessage(LogLevel.Warning, "The stale value of '{Key}' could not be refreshed: it is served for as long as its stale window lasts.")]
    private partial void LogRefreshFailed(string key, Exception failure);
}
