using Microsoft.Extensions.Caching.Hybrid;

namespace RedisAspire.Caching;

/// <summary>
/// The options of one entry. A property that is <see langword="null"/> takes the value of <see cref="ReplicatedCacheOptions"/>.
/// <see cref="HybridCacheEntryOptions"/> converts to this type, which has more options.
/// </summary>
public sealed record CacheEntryOptions
{
    /// <summary>How long the entry is fresh; with zero it is not stored.</summary>
    public TimeSpan? Expiration { get; init; }

    /// <summary>How long the entry stays in the near cache at most, never longer than in Redis; with zero it is not kept there.</summary>
    public TimeSpan? LocalExpiration { get; init; }

    /// <summary>The upper bound of the random time that is added to <see cref="Expiration"/>, so that entries written together do not expire together.</summary>
    public TimeSpan? MaximumJitter { get; init; }

    /// <summary>How long after its expiration the stale entry may still be returned: while one caller refreshes it, and when the source fails.</summary>
    public TimeSpan? StaleWindow { get; init; }

    /// <summary>How long a caller waits for the source before it gets the stale value, if there is one.</summary>
    public TimeSpan? SourceSoftTimeout { get; init; }

    /// <summary>
    /// How long the source may take before its callers get a <see cref="SourceTimeoutException"/>. The call of the source is
    /// cancelled, and a value that it returns nevertheless is not stored.
    /// </summary>
    public TimeSpan? SourceHardTimeout { get; init; }

    /// <summary>How long a <see langword="null"/> from the source is cached; with zero it is not cached.</summary>
    public TimeSpan? NegativeExpiration { get; init; }

    /// <summary>The levels and operations that are switched off for the entry.</summary>
    public HybridCacheEntryFlags? Flags { get; init; }

    /// <summary>Converts options of <see cref="HybridCache"/> to this type.</summary>
    /// <param name="options">Options of <see cref="HybridCache"/>.</param>
    public static implicit operator CacheEntryOptions?(HybridCacheEntryOptions? options) => options is null ? null : new CacheEntryOptions
    {
        Expiration = options.Expiration,
        LocalExpiration = options.LocalCacheExpiration,
        Flags = options.Flags,
    };
}
