namespace RedisAspire.Caching.Near;

/// <summary>A value as it is kept in the process, and what the cache tells about it. Never changes.</summary>
/// <param name="value">A string, a boxed immutable value, <see langword="null"/> itself, or the payload as a byte array that nobody writes to.</param>
/// <param name="size">What it counts for, in bytes: see <see cref="SizeOf"/>.</param>
/// <param name="expiresAt">When it expires, by <see cref="NearClock"/>.</param>
internal sealed class NearItem(object? value, int size, long expiresAt = NearClock.Never)
{
    /// <summary>
    /// What an entry takes on a 64-bit runtime beside the characters of its key and the bytes of its value: the
    /// item, its place in the queue and in the dictionary, and the headers of both strings.
    /// </summary>
    public const int Overhead = 256;

    /// <summary>The value.</summary>
    public object? Value { get; } = value;

    /// <summary>What it counts for, in bytes.</summary>
    public int Size { get; } = size;

    /// <summary>From this moment of the <see cref="NearClock"/> on it is not served any more.</summary>
    public long ExpiresAt { get; } = expiresAt;

    /// <summary>When it was read from Redis, by <see cref="NearClock"/>: the difference to now is its age.</summary>
    public long StoredAt { get; init; }

    /// <summary>The Redis node it was read from.</summary>
    public string? Node { get; init; }

    /// <summary>Whether callers may share the value itself; otherwise it is the bytes from which each makes one of its own.</summary>
    public bool IsShared { get; init; } = true;

    /// <summary>When it ends in Redis, by <see cref="NearClock"/>; it may be kept here for less.</summary>
    public long EndsAt { get; init; } = NearClock.Never;

    /// <summary>The tags it depends on; <see langword="null"/> for none.</summary>
    public IReadOnlyList<TagStamp>? Tags { get; init; }

    /// <summary>The bytes an entry counts for.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="valueBytes">The bytes of its value in memory: two per character of a string.</param>
    public static int SizeOf(string key, int valueBytes) =>
        (int)Math.Min(int.MaxValue, Overhead + (sizeof(char) * (long)key.Length) + valueBytes);
}

/// <summary>An item in its place: under its key, and between its neighbours in the eviction queue.</summary>
/// <param name="key">The key.</param>
/// <param name="item">The item.</param>
internal sealed class NearEntry(string key, NearItem item)
{
    public string Key { get; } = key;

    public NearItem Item { get; } = item;

    /// <summary>Copied from the item, so that a hit touches one cache line.</summary>
    public long ExpiresAt { get; } = item.ExpiresAt;

    /// <summary>Whether it was asked for since the eviction hand last passed. Written without a lock: a lost mark costs nothing.</summary>
    public bool IsVisited { get; set; }

    public NearEntry? Older { get; set; }

    public NearEntry? Newer { get; set; }
}
