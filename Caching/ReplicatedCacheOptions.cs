using System.Text.Json;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Near;

namespace RedisAspire.Caching;

/// <summary>Settings of a <see cref="ReplicatedCache"/>.</summary>
public sealed class ReplicatedCacheOptions
{
    /// <summary>The name of the cache in telemetry (<c>cache.name</c>).</summary>
    public string Name { get; set; } = "default";

    /// <summary>What every key starts with in Redis. Empty by default, so that keys are the application's own names.</summary>
    public string KeyPrefix { get; set; } = "";

    /// <summary>
    /// Prefixes of keys in the same database that are no cache entries.
    /// <see cref="ReplicatedCache.ClearAsync(string, CancellationToken)"/> leaves them alone even when they have a time to live.
    /// </summary>
    public IList<string> ReservedPrefixes { get; } = [];

    /// <summary>How long an entry is fresh; zero: it is not stored. 60 seconds by default.</summary>
    public TimeSpan Expiration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long an entry stays in the process at most; zero: not at all. As long as in Redis by default, because Redis
    /// tells when it changes.
    /// </summary>
    public TimeSpan? LocalExpiration { get; set; }

    /// <summary>The most that is added to <see cref="Expiration"/> at random, so that entries written together do not expire together. None by default.</summary>
    public TimeSpan MaximumJitter { get; set; }

    /// <summary>
    /// How long after its expiration an entry may still be served: while one caller refreshes it, and when the source
    /// fails. None by default. Entries with a stale window carry a header in Redis.
    /// </summary>
    public TimeSpan StaleWindow { get; set; }

    /// <summary>How long a caller waits for the source while there is a stale value, before it takes that. Not at all by default.</summary>
    public TimeSpan SourceSoftTimeout { get; set; }

    /// <summary>
    /// How long the source may take at all: then its callers get a <see cref="SourceTimeoutException"/>. It is told to stop,
    /// and what it returns all the same is not stored. As long as it likes by default.
    /// </summary>
    public TimeSpan? SourceHardTimeout { get; set; }

    /// <summary>How long it is remembered that the source has no value (<see langword="null"/>); zero: not at all. As long as a value by default.</summary>
    public TimeSpan? NegativeExpiration { get; set; }

    /// <summary>The most entries kept in the process. 100,000 by default.</summary>
    public int MaximumNearEntries { get; set; } = 100_000;

    /// <summary>The most bytes kept in the process. 64 MiB by default.</summary>
    public long MaximumNearBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Whether Redis reports every change under <see cref="KeyPrefix"/>, instead of changes of keys this process has
    /// read. Less memory in Redis, more traffic: for caches with a prefix and few writers.
    /// </summary>
    public bool IsBroadcastTracking { get; set; }

    /// <summary>
    /// How long the right to fill an entry lasts after its holder has died. It is renewed while the holder lives. So long
    /// is a source left alone, too, that has failed to refresh a stale entry. Two seconds by default, which is less than a
    /// failover takes.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait for another process to fill an entry, before the source is called here as well. 30 seconds by default.</summary>
    public TimeSpan MaximumLeaseWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The longest time a read or write waits for Redis before the cache does without it. 150 ms by default:
    /// far above a round trip, and far below what anybody would notice beside the source.
    /// </summary>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromMilliseconds(150);

    /// <summary>The longest key that is cached, in UTF-16 characters without the prefix. Longer keys always go to the source.</summary>
    public int MaximumKeyLength { get; set; } = 1024;

    /// <summary>The largest value that is cached, in bytes as stored. Larger values are served but not cached. 1 MiB by default.</summary>
    public int MaximumPayloadBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// How values are written as JSON that are neither text nor bytes and have no serializer of their own. As for the web by
    /// default, fields included.
    /// </summary>
    public JsonSerializerOptions SerializerOptions { get; set; } = new(JsonSerializerDefaults.Web) { IncludeFields = true };

    /// <summary>Flags of every entry whose own options do not set them.</summary>
    public HybridCacheEntryFlags Flags { get; set; }
}

/// <summary>Refuses options that make no sense when the application starts, rather than at some look-up.</summary>
internal sealed class ReplicatedCacheOptionsValidator : IValidateOptions<ReplicatedCacheOptions>
{
    // Far beyond anything that helps, and within what timers take.
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
        if (options.KeyPrefix is null || !NearCache.IsWellFormed(options.KeyPrefix))
            yield return $"{nameof(options.KeyPrefix)} must be a text, if an empty one.";
        if (options.SerializerOptions is null)
            yield return $"{nameof(options.SerializerOptions)} must be given.";
    }
}
