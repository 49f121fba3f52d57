using System.Text.Json;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Near;
using RedisAspire.Topology;

namespace RedisAspire.Caching;

/// <summary>Settings of a <see cref="ReplicatedCache"/>.</summary>
public sealed class ReplicatedCacheOptions
{
    /// <summary>The name of the cache in telemetry (<c>cache.name</c>).</summary>
    public string Name { get; set; } = "default";

    /// <summary>The prefix of every key in Redis. Empty by default, so that the keys are the names that the application uses.</summary>
    public string KeyPrefix { get; set; } = "";

    /// <summary>
    /// What the replication is called in the configuration. Its nodes are the connection strings <c>{name}-master</c> and
    /// <c>{name}-replica-…</c>, its sentinels <c>{name}-sentinel-…</c>; settings in the section <c>Redis:{name}</c> overrule those in
    /// <c>Redis</c>. <c>redis</c> by default.
    /// </summary>
    public string ConnectionName { get; set; } = RedisNodeNames.DefaultConnectionName;

    /// <summary>
    /// Prefixes of keys in the same database that are not cache entries.
    /// <see cref="ReplicatedCache.ClearAsync(string, CancellationToken)"/> does not delete them, even when they have a time to live.
    /// </summary>
    public IList<string> ReservedPrefixes { get; } = [];

    /// <summary>How long an entry is fresh; with zero it is not stored. 60 seconds by default.</summary>
    public TimeSpan Expiration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long an entry stays in the near cache at most; with zero it is not kept there. As long as in Redis by default,
    /// because Redis pushes an invalidation when it changes.
    /// </summary>
    public TimeSpan? LocalExpiration { get; set; }

    /// <summary>The upper bound of the random time that is added to <see cref="Expiration"/>, so that entries written together do not expire together. Zero by default.</summary>
    public TimeSpan MaximumJitter { get; set; }

    /// <summary>
    /// How long after its expiration a stale entry may still be returned: while one caller refreshes it, and when the source
    /// fails. Zero by default. Entries with a stale window carry a header in Redis.
    /// </summary>
    public TimeSpan StaleWindow { get; set; }

    /// <summary>How long a caller waits for the source before it gets the stale value, if there is one. Zero by default.</summary>
    public TimeSpan SourceSoftTimeout { get; set; }

    /// <summary>
    /// How long the source may take before its callers get a <see cref="SourceTimeoutException"/>. The call of the source is
    /// cancelled, and a value that it returns nevertheless is not stored. No limit by default.
    /// </summary>
    public TimeSpan? SourceHardTimeout { get; set; }

    /// <summary>How long a <see langword="null"/> from the source is cached; with zero it is not cached. The same as <see cref="Expiration"/> by default.</summary>
    public TimeSpan? NegativeExpiration { get; set; }

    /// <summary>The maximum number of entries in the near cache. 100,000 by default.</summary>
    public int MaximumNearEntries { get; set; } = 100_000;

    /// <summary>The maximum size of the near cache in bytes. 64 MiB by default.</summary>
    public long MaximumNearBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Whether Redis pushes an invalidation for every change under <see cref="KeyPrefix"/>, instead of only for keys that this
    /// process has read. This needs less memory in Redis and more traffic, and suits caches with a prefix and few writes.
    /// </summary>
    public bool IsBroadcastTracking { get; set; }

    /// <summary>
    /// The time to live of the lease to fill an entry. The process with the lease renews it, so it expires this long after that
    /// process has died. After the refresh of a stale entry has failed, the source is not called again for this long either.
    /// Two seconds by default, which is less than a failover takes.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait for another process to fill an entry, before this process calls its own source. 30 seconds by default.</summary>
    public TimeSpan MaximumLeaseWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The longest time a read or write waits for Redis before the cache continues without it. 150 ms by default: much
    /// longer than a round trip, and little compared to a slow source.
    /// </summary>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromMilliseconds(150);

    /// <summary>The longest key that is cached, in UTF-16 characters without the prefix. A longer key is always answered by the source.</summary>
    public int MaximumKeyLength { get; set; } = 1024;

    /// <summary>The largest value that is cached, in bytes as stored. Larger values are returned but not cached. 1 MiB by default.</summary>
    public int MaximumPayloadBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// The JSON options for values that are neither text nor bytes and have no serializer of their own. The web defaults, with
    /// fields included, by default.
    /// </summary>
    public JsonSerializerOptions SerializerOptions { get; set; } = new(JsonSerializerDefaults.Web) { IncludeFields = true };

    /// <summary>The flags of every entry whose own options do not set them.</summary>
    public HybridCacheEntryFlags Flags { get; set; }
}

/// <summary>Refuses invalid options when the application starts, not at the first look-up.</summary>
internal sealed class ReplicatedCacheOptionsValidator : IValidateOptions<ReplicatedCacheOptions>
{
    // The limit is far longer than any useful value, and within the range of timers.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, ReplicatedCacheOptions options)
    {
        var failures = Failures(options).ToArray();
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Failures(ReplicatedCacheOptions options)
    {
        (string Name, TimeSpan? Value)[] durations =
        [
            (nameof(options.Expiration), options.Expiration),
            (nameof(options.LocalExpiration), options.LocalExpiration),
            (nameof(options.MaximumJitter), options.MaximumJitter),
            (nameof(options.StaleWindow), options.StaleWindow),
            (nameof(options.SourceSoftTimeout), options.SourceSoftTimeout),
            (nameof(options.NegativeExpiration), options.NegativeExpiration),
            (nameof(options.MaximumLeaseWait), options.MaximumLeaseWait),
        ];
        foreach (var (name, _) in durations.Where(static duration => duration.Value < TimeSpan.Zero))
            yield return $"{name} must not be negative.";

        if (options.SourceHardTimeout <= TimeSpan.Zero)
            yield return $"{nameof(options.SourceHardTimeout)} must be positive.";
        if (options.OperationTimeout <= TimeSpan.Zero || options.OperationTimeout > Longest)
            yield return $"{nameof(options.OperationTimeout)} must be positive and at most a day.";
        if (options.LeaseDuration < TimeSpan.FromMilliseconds(1) || options.LeaseDuration > Longest)
            yield return $"{nameof(options.LeaseDuration)} must be at least a millisecond and at most a day.";
        if (options.MaximumNearEntries <= 0)
            yield return $"{nameof(options.MaximumNearEntries)} must be positive.";
        if (options.MaximumNearBytes <= 0)
            yield return $"{nameof(options.MaximumNearBytes)} must be positive.";
        if (options.MaximumKeyLength < 0)
            yield return $"{nameof(options.MaximumKeyLength)} must not be negative.";
        if (options.MaximumPayloadBytes < 0)
            yield return $"{nameof(options.MaximumPayloadBytes)} must not be negative.";
        if (string.IsNullOrEmpty(options.ConnectionName))
            yield return $"{nameof(options.ConnectionName)} must not be empty.";
        if (options.KeyPrefix is null || !NearCache.IsWellFormed(options.KeyPrefix))
            yield return $"{nameof(options.KeyPrefix)} must not be null or contain half a surrogate pair.";
        if (options.SerializerOptions is null)
            yield return $"{nameof(options.SerializerOptions)} must not be null.";
    }
}
