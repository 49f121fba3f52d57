using Microsoft.Extensions.Caching.Hybrid;

namespace RedisAspire.Caching;

/// <summary>
/// How one entry is cached, where it differs from <see cref="ReplicatedCacheOptions"/>. It says more than
/// <see cref="HybridCacheEntryOptions"/>, which converts to it.
/// </summary>
public sealed record CacheEntryOptions
{
    /// <summary>How long the entry is fresh; zero: it is not stored.</summary>
    public TimeSpan? Expiration { get; init; }

    /// <summary>How long it stays in the process at most, never longer than in Redis; zero: not at all.</summary>
    public TimeSpan? LocalExpiration { get; init; }

    /// <summary>The most that is added to <see cref="Expiration"/> at random, so that entries written together do not expire together.</summary>
    public TimeSpan? MaximumJitter { get; init; }

    /// <summary>How long after its expiration the entry may still be served: while one caller refreshes it, and when the source fails.</summary>
    public TimeSpan? StaleWindow { get; init; }

    /// <summary>How long a caller waits for the source while there is a stale value, before it takes that.</summary>
    public TimeSpan? SourceSoftTimeout { get; init; }

    /// <summary>
    /// How long the source may take at all: then its callers get a <see cref="SourceTimeoutException"/>. It is told to stop,
    /// and what it returns all the same is not stored.
    /// </summary>
    public TimeSpan? SourceHardTimeout { get; init; }

    /// <summary>How long it is remembered that the source has no value (<see langword="null"/>); zero: not at all.</summary>
    public TimeSpan? NegativeExpiration { get; init; }

    /// <summary>What is switched off for the entry.</summary>
    public HybridCacheEntryFlags? Flags { get; init; }

    /// <summary>The same options in this type.</summary>
    /// <param name="options">Options of <see cref="HybridCache"/>.</param>
    public static implicit operator CacheEntryOptions?(HybridCacheEntryOptions? options) => FromHybridCacheEntryOptions(options);

    /// <summary>The same options in this type.</summary>
    /// <param name="options">Options of <see cref="HybridCache"/>.</param>
    /// <returns>The options; <see langword="null"/> for none.</returns>
    public static CacheEntryOptions? FromHybridCacheEntryOptions(HybridCacheEntryOptions? options) => options is null ? null : new CacheEntryOptions
    {
        Expiration = options.Expiration,
        LocalExpiration = options.LocalCacheExpiration,
        Flags = options.Flags,
    };
}
