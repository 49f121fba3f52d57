using System.Runtime.InteropServices;
using Microsoft.Extensions.Caching.Hybrid;

namespace RedisAspire.Caching.Entries;

/// <summary>How an entry is cached, once its own options and the cache's defaults have been put together.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EntryPolicy
{
    public EntryPolicy(CacheEntryOptions? own, ReplicatedCacheOptions defaults)
    {
        Expiration = own?.Expiration ?? defaults.Expiration;
        LocalExpiration = own?.LocalExpiration ?? defaults.LocalExpiration;
        MaximumJitter = own?.MaximumJitter ?? defaults.MaximumJitter;
        StaleWindow = own?.StaleWindow ?? defaults.StaleWindow;
        SourceSoftTimeout = own?.SourceSoftTimeout ?? defaults.SourceSoftTimeout;
        SourceHardTimeout = own?.SourceHardTimeout ?? defaults.SourceHardTimeout;
        NegativeExpiration = own?.NegativeExpiration ?? defaults.NegativeExpiration;
        Flags = own?.Flags ?? defaults.Flags;
        ArgumentOutOfRangeException.ThrowIfLessThan(Expiration, TimeSpan.FromMilliseconds(1), nameof(own));
        ArgumentOutOfRangeException.ThrowIfLessThan(StaleWindow, TimeSpan.Zero, nameof(own));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumJitter, TimeSpan.Zero, nameof(own));
    }

    public TimeSpan Expiration { get; }

    public TimeSpan? LocalExpiration { get; }

    public TimeSpan MaximumJitter { get; }

    public TimeSpan StaleWindow { get; }

    public TimeSpan SourceSoftTimeout { get; }

    public TimeSpan? SourceHardTimeout { get; }

    public TimeSpan? NegativeExpiration { get; }

    public HybridCacheEntryFlags Flags { get; }

    /// <summary>How long a value that is written now is fresh, jitter included.</summary>
    public TimeSpan FreshFor(bool isNull)
    {
        var expiration = isNull ? NegativeExpiration ?? Expiration : Expiration;
        return MaximumJitter > TimeSpan.Zero ? expiration + (MaximumJitter * Random.Shared.NextDouble()) : expiration;
    }

    /// <summary>How long the entry stays in Redis, the stale window included.</summary>
    public TimeSpan TimeToLive(TimeSpan freshFor) => StaleWindow < TimeSpan.MaxValue - freshFor ? freshFor + StaleWindow : TimeSpan.MaxValue;

    public bool Allows(HybridCacheEntryFlags disabling) => (Flags & disabling) == HybridCacheEntryFlags.None;
}
