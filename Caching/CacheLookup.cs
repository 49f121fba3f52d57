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
