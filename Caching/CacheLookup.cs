using System.Runtime.InteropServices;

namespace RedisAspire.Caching;

/// <summary>The result of a look-up: the value, and where it came from.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="Value">The value.</param>
/// <param name="Level">The level that answered.</param>
/// <param name="Node">The name of the Redis node that the value was read from; <see langword="null"/> when no node was involved.</param>
/// <param name="TimeToLive">How long the value remains fresh in the cache; <see langword="null"/> when it never expires or was not cached.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CacheLookup<T>(T Value, CacheLevel Level, string? Node, TimeSpan? TimeToLive)
{
    /// <summary>Whether the value is stale: it has expired and is returned because its refresh is in progress or has failed.</summary>
    public bool IsStale { get; init; }

    /// <summary>How long ago a value from the near cache was read from Redis; zero for other values.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>Whether the near cache or Redis answered, so that the source was not called.</summary>
    public bool IsHit => Level != CacheLevel.Source;
}

/// <summary>The level of the cache that answered a look-up.</summary>
public enum CacheLevel
{
    /// <summary>The value was in the near cache of this process.</summary>
    Near,

    /// <summary>The value was in Redis.</summary>
    Redis,

    /// <summary>The value came from the source: the factory given to the look-up.</summary>
    Source,
}

/// <summary>The source exceeded its time-out. Redis is not involved in this failure.</summary>
/// <param name="message">The message.</param>
/// <param name="innerException">The cause of the exception.</param>
public sealed class SourceTimeoutException(string message, Exception? innerException = null) : TimeoutException(message, innerException);
