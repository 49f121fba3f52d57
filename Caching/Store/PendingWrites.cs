using System.Collections.Concurrent;

namespace RedisAspire.Caching.Store;

/// <summary>
/// The writes of this process that the read node may not have applied yet: for each key the replication offset that a
/// node must have reached for its reply to include the write.
/// </summary>
/// <remarks>
/// Why an offset, and neither the node's push nor an equal value: a push may belong to an earlier write of the key by
/// another process, and a value may be equal before and after. The offset of the master, read right after the write,
/// includes the write; a replica that has reached it has applied the write.
/// </remarks>
internal sealed class PendingWrites
{
    /// <summary>The approximate maximum of remembered writes; beyond it, the offset of the latest write replaces all of them.</summary>
    public const int Maximum = 30_000;

    // Count takes all locks of the dictionary, so it is read only after this many writes.
    private const int CountInterval = 1_024;

    private readonly ConcurrentDictionary<string, long> _offsets = new(StringComparer.Ordinal);
    private int _added;

    public int Count => _offsets.Count;

    /// <summary>The offset that a reply needs; <see langword="null"/> when every reply counts.</summary>
    public long? OffsetOf(string key) => !_offsets.IsEmpty && _offsets.TryGetValue(key, out var offset) ? offset : null;

    /// <summary>Adds the write of a key.</summary>
    /// <returns>Whether there are too many now, because the read node falls behind or no key is read.</returns>
    public bool Add(string key, long offset)
    {
        _offsets.AddOrUpdate(key, static (_, added) => added, static (_, known, added) => Math.Max(known, added), offset);
        return (Interlocked.Increment(ref _added) & (CountInterval - 1)) == 0 && Count > Maximum;
    }

    /// <summary>Removes the write of a key, unless there was another one since.</summary>
    public void MarkCaughtUp(string key, long offset) => _offsets.TryRemove(KeyValuePair.Create(key, offset));

    /// <summary>Removes all writes up to the offset that the read node has applied.</summary>
    public void MarkAllCaughtUp(long applied)
    {
        foreach (var entry in _offsets)
        {
            if (entry.Value <= applied)
                _offsets.TryRemove(entry);
        }
    }

    /// <summary>Removes all writes, because one offset replaces all of them.</summary>
    public void Clear() => _offsets.Clear();
}
