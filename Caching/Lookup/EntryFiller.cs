using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Near;

namespace RedisAspire.Caching.Lookup;

/// <summary>Finds a value that is not in the near cache: in Redis, or else at the source, which one process in the cluster calls.</summary>
internal sealed partial class EntryFiller(
    EntryReader entries, LeasedFiller filler, NearCache near, IOptions<ReplicatedCacheOptions> options, TimeProvider time, WarningLimiter warnings, ILogger<EntryFiller> logger)
{
    private readonly ReplicatedCacheOptions _options = options.Value;
    private readonly SingleFlight<FlightVariant> _refreshes = new();
    // This is logged once, because an application that has such keys uses them all the time.
    private bool _isUnusableKeyLogged;

    /// <summary>Reads the value from Redis, where most look-ups end.</summary>
    public ValueTask<FoundEntry<T>> ReadAsync<TState, T>(FillJob<TState, T> job, CancellationToken cancellationToken) =>
        IsCacheable(job.Key) && !job.Policy.IsNearOnly && job.Policy.Allows(HybridCacheEntryFlags.DisableDistributedCacheRead)
            ? entries.ReadAsync<T>(job.Key, job.Policy, job.Tags, cancellationToken)
            : default;

    /// <summary>Finds the value.</summary>
    /// <param name="job">The parameters of the look-up.</param>
    /// <param name="read">What <see cref="ReadAsync"/> has found, if it was called.</param>
    /// <param name="cancellationToken">Cancels the call of the source.</param>
    public async Task<FillResult<T>> FillAsync<TState, T>(FillJob<TState, T> job, FoundEntry<T>? read, CancellationToken cancellationToken)
    {
        var (key, policy) = (job.Key, job.Policy);
        if (!IsCacheable(key))
            return await BypassAsync(job, cancellationToken).ConfigureAwait(false);

        // The fill begins before Redis is read, so that a later invalidation voids it.
        var ticket = policy.IsNearOnly ? near.BeginFill(key) : null;
        try
        {
            var (finding, found) = read is { Finding: not EntryFinding.NotRead } known ? known
                : policy.Allows(HybridCacheEntryFlags.DisableDistributedCacheRead) ? await entries.ReadAsync<T>(key, policy, job.Tags, cancellationToken).ConfigureAwait(false)
                : new FoundEntry<T>(EntryFinding.Missing);
            if (finding == EntryFinding.Fresh)
                return found!;
            if (!policy.Allows(HybridCacheEntryFlags.DisableUnderlyingData))
                return finding == EntryFinding.Stale ? found! : Absent<T>();
            if (finding == EntryFinding.Stale)
                return await RefreshAsync(job, found!, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Calls the source for a key that cannot be cached.</summary>
    public async Task<FillResult<T>> BypassAsync<TState, T>(FillJob<TState, T> job, CancellationToken cancellationToken)
    {
        if (!Interlocked.Exchange(ref _isUnusableKeyLogged, true))
            LogKeyUnusable(job.Key?.Length ?? 0, _options.MaximumKeyLength);
        return job.Policy.Allows(HybridCacheEntryFlags.DisableUnderlyingData)
            ? await filler.CallAsync(job, ticket: null, cancellationToken).ConfigureAwait(false)
            : Absent<T>();
    }

    /// <summary>Stores a value in the near cache only, after its key has been removed from Redis.</summary>
    public ValueTask StoreNearAsync<T>(string key, T value, ReadOnlyMemory<byte> bytes, TimeSpan freshFor, TagStamp[] stamps, EntryPolicy policy, CancellationToken cancellationToken) =>
        entries.StoreNearAsync(key, value, bytes, freshFor, stamps, policy, cancellationToken);

    /// <summary>Keeps later callers from sharing a refresh of the key that is in flight.</summary>
    public void Forget(string key) => _refreshes.Forget(key);

    /// <summary>Keeps later callers from sharing any refresh that is in flight.</summary>
    public void ForgetAll() => _refreshes.ForgetAll();

    private bool IsCacheable(string key) => key.Length <= _options.MaximumKeyLength;

    private static FillResult<T> Absent<T>() => new(new CacheLookup<T>(default!, CacheLevel.Source, Node: null, TimeToLive: null), null);

    // One caller refreshes the stale value; all callers get the stale one at once, or after the soft time-out.
    private async Task<FillResult<T>> RefreshAsync<TState, T>(FillJob<TState, T> job, FillResult<T> stale, CancellationToken cancellationToken)
    {
        var mayWrite = job.Policy.Allows(HybridCacheEntryFlags.DisableDistributedCacheWrite);
        if (!mayWrite && job.Policy.SourceSoftTimeout == TimeSpan.Zero)
            return stale;

        // Refreshes that may write are equal, whatever their other options are, so they share one flight.
        var refresh = _refreshes.RunAsync(job.Key, mayWrite ? default : job.Policy.Variant, (Filler: this, job), static (work, token) => work.Filler.TryRefreshAsync(work.job, token), CancellationToken.None).AsTask();
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

    // It never throws: the callers have the stale value, and may wait no longer.
    private async Task<FillResult<T>?> TryRefreshAsync<TState, T>(FillJob<TState, T> job, CancellationToken cancellationToken)
    {
        try
        {
            return job.Policy.Allows(HybridCacheEntryFlags.DisableDistributedCacheWrite)
                ? await filler.RefreshAsync(job, cancellationToken).ConfigureAwait(false)
                : await filler.CallAsync(job, ticket: null, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The source may throw any exception.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (warnings.IsDue(nameof(LogRefreshFailed), job.Key))
                LogRefreshFailed(job.Key, failure);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "A key of {Length} characters is blank, contains control characters or half a surrogate pair, or is longer than MaximumKeyLength ({Maximum}). Its value is returned but not cached (logged once).")]
    private partial void LogKeyUnusable(int length, int maximum);

    [LoggerMessage(LogLevel.Warning, "The refresh of the stale value of '{Key}' failed. The stale value is returned until its stale window ends.")]
    private partial void LogRefreshFailed(string key, Exception failure);
}

/// <summary>The parameters of a look-up that the near cache did not answer.</summary>
/// <param name="Key">The key.</param>
/// <param name="State">Passed to <paramref name="Factory"/>.</param>
/// <param name="Factory">The source.</param>
/// <param name="Policy">The effective options of the entry.</param>
/// <param name="Tags">The entry's tags.</param>
internal sealed record FillJob<TState, T>(
    string Key, TState State, Func<TState, CancellationToken, ValueTask<T>> Factory, EntryPolicy Policy, string[]? Tags);

/// <summary>The result of a flight, for all callers that share it.</summary>
/// <param name="Lookup">The value and where it came from.</param>
/// <param name="Bytes">The serialized value, which is deserialized for each of the other callers; <see langword="null"/> when there is none.</param>
internal sealed record FillResult<T>(CacheLookup<T> Lookup, ReadOnlyMemory<byte>? Bytes);
