using System.Runtime.InteropServices;
using Microsoft.Extensions.Caching.Hybrid;

namespace RedisAspire.Caching.Lookup;

/// <summary>The effective options of an entry: its own, and the cache's defaults for those that it does not set.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EntryPolicy
{
    // Redis counts time in milliseconds, so a shorter expiration would be zero.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    // The longest time that a timer accepts, seven weeks. A longer time-out is treated as none.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>Combines the options of an entry with the defaults.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option of the entry is invalid.</exception>
    public EntryPolicy(CacheEntryOptions? options, ReplicatedCacheOptions defaults)
    {
        Expiration = NotNegative(options, static own => own.Expiration, nameof(Expiration)) ?? defaults.Expiration;
        LocalExpiration = NotNegative(options, static own => own.LocalExpiration, nameof(LocalExpiration)) ?? defaults.LocalExpiration;
        MaximumJitter = NotNegative(options, static own => own.MaximumJitter, nameof(MaximumJitter)) ?? defaults.MaximumJitter;
        StaleWindow = NotNegative(options, static own => own.StaleWindow, nameof(StaleWindow)) ?? defaults.StaleWindow;
        NegativeExpiration = NotNegative(options, static own => own.NegativeExpiration, nameof(NegativeExpiration)) ?? defaults.NegativeExpiration;
        Flags = options?.Flags ?? defaults.Flags;

        var soft = NotNegative(options, static own => own.SourceSoftTimeout, nameof(SourceSoftTimeout)) ?? defaults.SourceSoftTimeout;
        SourceSoftTimeout = soft > LongestTimer ? Timeout.InfiniteTimeSpan : soft;
        var hard = NotNegative(options, static own => own.SourceHardTimeout, nameof(SourceHardTimeout)) ?? defaults.SourceHardTimeout;
        if (hard == TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(options), hard, $"{nameof(SourceHardTimeout)} must be positive.");
        SourceHardTimeout = hard > LongestTimer ? null : hard;
    }

    public TimeSpan Expiration { get; }

    public TimeSpan? LocalExpiration { get; }

    public TimeSpan MaximumJitter { get; }

    public TimeSpan StaleWindow { get; }

    public TimeSpan SourceSoftTimeout { get; }

    public TimeSpan? SourceHardTimeout { get; }

    public TimeSpan? NegativeExpiration { get; }

    public HybridCacheEntryFlags Flags { get; }

    /// <summary>The options that must be equal for look-ups to share a flight.</summary>
    public FlightVariant Variant => new(Flags, SourceSoftTimeout, SourceHardTimeout);

    /// <summary>Whether a new value is stored in the near cache only, with <see cref="LocalExpiration"/>, and not in Redis.</summary>
    public bool IsNearOnly =>
        !Allows(HybridCacheEntryFlags.DisableDistributedCacheWrite) && Allows(HybridCacheEntryFlags.DisableLocalCacheWrite) && LocalExpiration > TimeSpan.Zero;

    /// <summary>How long a value that is written now is fresh, including jitter. A value with zero must not be stored.</summary>
    public TimeSpan FreshFor(bool isNull)
    {
        var expiration = isNull ? NegativeExpiration ?? Expiration : Expiration;
        if (expiration == TimeSpan.Zero)
            return TimeSpan.Zero;
        var jitter = MaximumJitter * Random.Shared.NextDouble();
        var sum = expiration < TimeSpan.MaxValue - jitter ? expiration + jitter : TimeSpan.MaxValue;
        return sum > Shortest ? sum : Shortest;
    }

    /// <summary>How long the entry is stale after that, limited to the range of <see cref="TimeSpan"/>.</summary>
    public TimeSpan StaleAfter(TimeSpan freshFor) => StaleWindow < TimeSpan.MaxValue - freshFor ? StaleWindow : TimeSpan.MaxValue - freshFor;

    /// <summary>The time to live of the entry in Redis, including the stale window.</summary>
    public TimeSpan TimeToLive(TimeSpan freshFor) => freshFor + StaleAfter(freshFor);

    public bool Allows(HybridCacheEntryFlags disabling) => (Flags & disabling) == HybridCacheEntryFlags.None;

    private static TimeSpan? NotNegative(CacheEntryOptions? options, Func<CacheEntryOptions, TimeSpan?> select, string name)
    {
        var value = options is null ? null : select(options);
        return value < TimeSpan.Zero ? throw new ArgumentOutOfRangeException(nameof(options), value, $"{name} must not be negative.") : value;
    }
}

/// <summary>
/// The part of a policy that determines the result of a look-up. The rest only determines how a new value is stored, which
/// is decided by the caller whose source is called.
/// </summary>
/// <param name="Flags">The levels and operations that are switched off.</param>
/// <param name="SourceSoftTimeout">How long the caller waits for a fresh value before it takes a stale one.</param>
/// <param name="SourceHardTimeout">How long the source may take.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FlightVariant(HybridCacheEntryFlags Flags, TimeSpan SourceSoftTimeout, TimeSpan? SourceHardTimeout);
