using System.Collections.Concurrent;

namespace RedisAspire.Caching.Store;

/// <summary>
/// What this process has written and the read node may not have applied yet: for each key the replication offset
/// from which on a reply of the read node includes the write.
/// </summary>
/// <remarks>
/// Why an offset, and neither the node's push nor an equal value: a push may tell of somebody else's earlier write of
/// the key, and a value may be equal before and after. The offset of the master, asked right after the write, is past
/// the write; a replica that has applied as much has applied the write.
/// </remarks>
internal sealed class PendingWrites
{
    /// <summary>About how many writes are remembered: with more of them, the offset of the latest stands for all.</summary>
    public const int Maximum = 30_000;

    // Counting takes all locks of the dictionary, which is nothing to do at every write.
    private const int Step = 1_024;

    private readonly ConcurrentDictionary<string, long> _offsets = new(StringComparer.Ordinal);
    private int _added;

    public int Count => _offsets.Count;

    /// <summary>The offset a reply needs; <see langword="null"/> when any reply will do.</summary>
    public long? OffsetOf(string key) => !_offsets.IsEmpty && _offsets.TryGetValue(key, out var offset) ? offset : null;

    /// <summary>A key was written.</summary>
    /// <returns>Whether there are too many now: the read node falls behind, or nobody reads.</returns>
    public bool Add(string key, long offset)
    {
        _offsets.AddOrUpdate(key, static (_, added) => added, static (_, known, added) => Math.Max(known, added), offset);
        return (Interlocked.Increment(ref _added) & (Step - 1)) == 0 && Count > Maximum;
    }

    /// <summary>A node has applied all up to <paramref name="applied"/>.</summary>
    public void MarkCaughtUp(string key, long needed, long applied)
    {
        if (applied >= needed)
            _offsets.TryRemove(KeyValuePair.Create(key, needed));
    }

    /// <summary>The read node has applied all up to <paramref name="applied"/>.</summary>
    public void MarkAllCaughtUp(long applied)
    {
        foreach (var entry in _offsets)
        {
            if (entry.Value <= applied)
                _offsets.TryRemove(entry);
        }
    }

    /// <summary>Another offset stands for all of them.</summary>
    public void Clear() => _offsets.Clear();
}
