namespace RedisAspire.Caching.Near;

/// <summary>
/// A value in the near cache, with its metadata, which never change, and its place in the eviction queue. They are one
/// object, because each further object of an entry would cost a hit a cache miss when there are very many entries.
/// </summary>
/// <param name="value">A string, a boxed immutable value, <see langword="null"/>, or the payload as a byte array that is never modified.</param>
/// <param name="size">The accounted size in bytes: see <see cref="SizeOf"/>.</param>
/// <param name="expiresAt">When it expires, by <see cref="NearClock"/>.</param>
internal sealed class NearItem(object? value, int size, long expiresAt = NearClock.Never)
{
    /// <summary>
    /// The memory of an entry on a 64-bit runtime beside the characters of its key and the bytes of its value: the item, its
    /// node in the dictionary, and the headers of both strings.
    /// </summary>
    public const int Overhead = 224;

    /// <summary>The value.</summary>
    public object? Value { get; } = value;

    /// <summary>The accounted size in bytes.</summary>
    public int Size { get; } = size;

    /// <summary>When the item expires, by <see cref="NearClock"/>.</summary>
    public long ExpiresAt { get; } = expiresAt;

    /// <summary>When the value was read from Redis, by <see cref="NearClock"/>: the difference to now is its age.</summary>
    public long StoredAt { get; init; }

    /// <summary>The Redis node that the value was read from.</summary>
    public string? Node { get; init; }

    /// <summary>Whether callers may share the value; otherwise it is a byte array that is deserialized for each caller.</summary>
    public bool IsShared { get; init; } = true;

    /// <summary>When the value expires in Redis, by <see cref="NearClock"/>; the item may expire earlier.</summary>
    public long EndsAt { get; init; } = NearClock.Never;

    /// <summary>The tags of the value; <see langword="null"/> for none.</summary>
    public IReadOnlyList<TagStamp>? Tags { get; init; }

    /// <summary>The key, once the item is stored.</summary>
    public string Key { get; set; } = "";

    /// <summary>Whether the item was hit since the eviction hand last passed. Written without a lock, because a lost mark does no harm.</summary>
    public bool IsVisited { get; set; }

    /// <summary>The item that was stored before, in the queue.</summary>
    public NearItem? Older { get; set; }

    /// <summary>The item that was stored after, in the queue.</summary>
    public NearItem? Newer { get; set; }

    /// <summary>The accounted size of an entry in bytes.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="valueBytes">The size of its value in memory: two bytes per character of a string.</param>
    public static int SizeOf(string key, int valueBytes) =>
        (int)Math.Min(int.MaxValue, Overhead + (sizeof(char) * (long)key.Length) + valueBytes);
}
