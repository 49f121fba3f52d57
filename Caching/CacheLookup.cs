using System.Runtime.InteropServices;

namespace RedisAspire.Caching;

/// <summary>What a look-up returned, and where it came from.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="Value">The value.</param>
/// <param name="Level">The level that answered.</param>
/// <param name="Node">The name of the Redis node that held the value; <see langword="null"/> when none was involved.</param>
/// <param name="TimeToLive">How long the value remains cached; <see langword="null"/> when it never expires or was not cached.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CacheLookup<T>(T Value, CacheLevel Level, string? Node, TimeSpan? TimeToLive)
{
    /// <summary>Whether the value has expired and is served because its refresh is under way or has failed.</summary>
    public bool IsStale { get; init; }

    /// <summary>How long ago the value was read from Redis, for one from the process; zero for others.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>Whether a cache level answered, so that the source was spared.</summary>
    public bool IsHit => Level != CacheLevel.Source;
}

/// <summary>The level of the cache that answered a look-up.</summary>
public enum CacheLevel
{
    /// <summary>The value was in this process.</summary>
    Near,

    /// <summary>The value was in Redis.</summary>
    Redis,

    /// <summary>The value came from the source: the factory given to the look-up.</summary>
    Source,
}

/// <summary>The source took longer than it may. Redis has nothing to do with it.</summary>
public sealed class SourceTimeoutException : TimeoutException
{
    /// <summary>Creates the exception.</summary>
    public SourceTimeoutException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What took how long.</param>
    public SourceTimeoutException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What took how long.</param>
    /// <param name="innerException">What ended the wait.</param>
    public SourceTimeoutException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
