using Microsoft.Extensions.Caching.Hybrid;

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
    /// <see cref="ReplicatedCache.ClearAsync"/> leaves them alone even when they have a time to live.
    /// </summary>
    public IList<string> ReservedPrefixes { get; } = [];

    /// <summary>How long an entry lives in Redis when its own options do not say. 60 seconds by default.</summary>
    public TimeSpan Expiration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The longest time a read or write waits for Redis before the cache does without it. 200 ms by default:
    /// far above a round trip, and far below what anybody would notice beside the source.
    /// </summary>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest key that is cached, in UTF-16 characters without the prefix. Longer keys always go to the source.</summary>
    public int MaximumKeyLength { get; set; } = 1024;

    /// <summary>The largest value that is cached, in bytes as stored. Larger values are served but not cached. 1 MiB by default.</summary>
    public int MaximumPayloadBytes { get; set; } = 1024 * 1024;

    /// <summary>Flags of every entry whose own options do not set them.</summary>
    public HybridCacheEntryFlags Flags { get; set; }
}
