using Microsoft.Extensions.Caching.Hybrid;

namespace RedisAspire.Caching.Lookup;

/// <summary>The effective options of an entry: its own, and the cache's defaults for those that it does not set. Immutable.</summary>
internal sealed class EntryPolicy
{
    // Redis counts time in milliseconds, so a shorter expiration would be zero.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    // The longest time that a timer accepts, seven weeks. A longer time-out is treated as none.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>Combines the options of an entry with the defaults.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option of the entry is invalid.</exception>
    public EntryPolicy(CacheEntryOptions? options, ReplicatedCacheOptions defaults)
        : this(options?.Expiration, options?.LocalExpiration, options?.Flags, defaults)
    {
        MaximumJitter = NotNegative(options?.MaximumJitter, nameof(MaximumJitter)) ?? defaults.MaximumJitter;
        StaleWindow = NotNegative(options?.StaleWindow, nameof(StaleWindow)) ?? defaults.StaleWindow;
        NegativeExpiration = NotNegative(options?.NegativeExpiration, nameof(NegativeExpiration)) ?? defaults.NegativeExpiration;
        SourceSoftTimeout = SoftTimeout(NotNegative(options?.SourceSoftTimeout, nameof(SourceSoftTimeout)) ?? defaults.SourceSoftTimeout);
        SourceHardTimeout = HardTimeout(NotNegative(options?.SourceHardTimeout, nameof(SourceHardTimeout)) ?? defaults.SourceHardTimeout);
        ReadsTimeToLive = true;
    }

    /// <summary>Combines options of <see cref="HybridCache"/> with the defaults.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option of the entry is invalid.</exception>
    public EntryPolicy(HybridCacheEntryOptions options, ReplicatedCacheOptions defaults)
        : this(options.Expiration, options.LocalCacheExpiration, options.Flags, defaults)
    {
        MaximumJitter = defaults.MaximumJitter;
        StaleWindow = defaults.StaleWindow;
        NegativeExpiration = defaults.NegativeExpiration;
        SourceSoftTimeout = SoftTimeout(defaults.SourceSoftTimeout);
        SourceHardTimeout = HardTimeout(defaults.SourceHardTimeout);
        ReadsTimeToLive = StaleWindow > TimeSpan.Zero || Allows(HybridCacheEntryFlags.DisableLocalCacheWrite);
    }

    private EntryPolicy(TimeSpan? expiration, TimeSpan? localExpiration, HybridCacheEntryFlags? flags, ReplicatedCacheOptions defaults)
    {
        Expiration = NotNegative(expiration, nameof(Expiration)) ?? defaults.Expiration;
        LocalExpiration = NotNegative(localExpiration, nameof(LocalExpiration)) ?? defaults.LocalExpiration;
        Flags = flags ?? defaults.Flags;
    }

    public TimeSpan Expiration { get; }

    public TimeSpan? LocalExpiration { get; }

    public TimeSpan MaximumJitter { get; }

    public TimeSpan StaleWindow { get; }

    public TimeSpan SourceSoftTimeout { get; }

    public TimeSpan? SourceHardTimeout { get; }

    public TimeSpan? NegativeExpiration { get; }

    public HybridCacheEntryFlags Flags { get; }

    /// <summary>
    /// Whether Redis is asked for the time to live along with the value. <see cref="HybridCache"/> does not return it, so it
    /// is needed to keep the value in the near cache, or to find out whether the value is stale.
    /// </summary>
    public bool ReadsTimeToLive { get; }

    /// <summary>The options that must be equal for look-ups to share a flight.</summary>
    public FlightVariant Variant => new(this);

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

    private static TimeSpan SoftTimeout(TimeSpan limit) => limit > LongestTimer ? Timeout.InfiniteTimeSpan : limit;

    private static TimeSpan? HardTimeout(TimeSpan? limit) =>
        limit == TimeSpan.Zero ? throw Invalid(limit, $"{nameof(SourceHardTimeout)} must be positive.")
        : limit > LongestTimer ? null
        : limit;

    private static TimeSpan? NotNegative(TimeSpan? value, string name) =>
        value < TimeSpan.Zero ? throw Invalid(value, $"{name} must not be negative.") : value;

    // The exception names the parameter of the public methods.
#pragma warning disable CA2208, MA0015
    private static ArgumentOutOfRangeException Invalid(TimeSpan? value, string message) => new("options", value, message);
#pragma warning restore CA2208, MA0015
}

/// <summary>
/// The part of a policy that determines the result of a look-up. The rest only determines how a new value is stored, which
/// is decided by the caller whose source is called.
/// </summary>
/// <param name="policy">The policy; none where it makes no difference.</param>
internal readonly struct FlightVariant(EntryPolicy? policy) : IEquatable<FlightVariant>
{
    private readonly EntryPolicy? _policy = policy;

    public bool Equals(FlightVariant other) => ReferenceEquals(_policy, other._policy)
        || (_policy is { } one && other._policy is { } another
            && one.Flags == another.Flags && one.ReadsTimeToLive == another.ReadsTimeToLive && one.SourceSoftTimeout == another.SourceSoftTimeout && one.SourceHardTimeout == another.SourceHardTimeout);

    public override bool Equals(object? obj) => obj is FlightVariant other && Equals(other);

    public override int GetHashCode() => _policy is null ? 0 : HashCode.Combine(_policy.Flags, _policy.SourceSoftTimeout, _policy.SourceHardTimeout);
}
