using System.Runtime.InteropServices;
using Microsoft.Extensions.Caching.Hybrid;

namespace RedisAspire.Caching.Lookup;

/// <summary>How an entry is cached, once its own options and the cache's defaults have been put together.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EntryPolicy
{
    // What Redis counts time in: less than one would be none.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    // What a timer takes, seven weeks. More is as good as no limit.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>Puts both together.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The entry's own options make no sense.</exception>
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

    /// <summary>What the look-ups that share one flight have in common.</summary>
    public FlightVariant Variant => new(Flags, SourceSoftTimeout, SourceHardTimeout);

    /// <summary>Whether a new value is to be kept in the process although it is not written to Redis: for a time of its own.</summary>
    public bool IsForProcessAlone =>
        !Allows(HybridCacheEntryFlags.DisableDistributedCacheWrite) && Allows(HybridCacheEntryFlags.DisableLocalCacheWrite) && LocalExpiration > TimeSpan.Zero;

    /// <summary>How long a value that is written now is fresh, jitter included. Zero is not to be stored.</summary>
    public TimeSpan FreshFor(bool isNull)
    {
        var expiration = isNull ? NegativeExpiration ?? Expiration : Expiration;
        if (expiration == TimeSpan.Zero)
            return TimeSpan.Zero;
        var jitter = MaximumJitter * Random.Shared.NextDouble();
        var sum = expiration < TimeSpan.MaxValue - jitter ? expiration + jitter : TimeSpan.MaxValue;
        return sum > Shortest ? sum : Shortest;
    }

    /// <summary>How long the entry is stale after that, as far as time goes.</summary>
    public TimeSpan StaleAfter(TimeSpan freshFor) => StaleWindow < TimeSpan.MaxValue - freshFor ? StaleWindow : TimeSpan.MaxValue - freshFor;

    /// <summary>How long the entry stays in Redis, the stale window included.</summary>
    public TimeSpan TimeToLive(TimeSpan freshFor) => freshFor + StaleAfter(freshFor);

    public bool Allows(HybridCacheEntryFlags disabling) => (Flags & disabling) == HybridCacheEntryFlags.None;

    private static TimeSpan? NotNegative(CacheEntryOptions? options, Func<CacheEntryOptions, TimeSpan?> select, string name)
    {
        var value = options is null ? null : select(options);
        return value < TimeSpan.Zero ? throw new ArgumentOutOfRangeException(nameof(options), value, $"{name} must not be negative.") : value;
    }
}

/// <summary>
/// What of a policy decides on what a look-up returns. The rest only says how a new value is stored, and that is up to
/// whoever stores it.
/// </summary>
/// <param name="Flags">What is switched off.</param>
/// <param name="SourceSoftTimeout">How long the caller prefers a fresh value to a stale one.</param>
/// <param name="SourceHardTimeout">How long the source may take.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FlightVariant(HybridCacheEntryFlags Flags, TimeSpan SourceSoftTimeout, TimeSpan? SourceHardTimeout);
