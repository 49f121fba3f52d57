namespace RedisAspire.Caching.Near;

/// <summary>
/// Entries in the order of insertion, and the SIEVE algorithm to choose the one to evict: a hand moves from the oldest
/// to the newest entry, skips those that were hit since it last passed, and evicts the first that was not. New entries are
/// inserted in front of the hand and the skipped ones stay behind it, so a scan of keys that are read only once evicts
/// nothing but itself. Not thread-safe: the owner takes a lock.
/// </summary>
internal sealed class SieveQueue
{
    // The most entries that the hand skips. Other threads wait for the lock meanwhile, and a full round takes milliseconds
    // when every entry was hit; evicting one entry too early does less harm.
    private const int MaximumSteps = 1_000;

    private NearItem? _oldest;
    private NearItem? _newest;
    private NearItem? _hand;
    private NearItem? _sweeper;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add(NearItem entry)
    {
        entry.Older = _newest;
        if (_newest is null)
            _oldest = entry;
        else
            _newest.Newer = entry;
        _newest = entry;
        Volatile.Write(ref _count, _count + 1);
    }

    public void Remove(NearItem entry)
    {
        if (_hand == entry)
            _hand = entry.Newer;
        if (_sweeper == entry)
            _sweeper = entry.Newer;

        if (entry.Older is null)
            _oldest = entry.Newer;
        else
            entry.Older.Newer = entry.Newer;
        if (entry.Newer is null)
            _newest = entry.Older;
        else
            entry.Newer.Older = entry.Older;

        // Without this, a removed entry in an old GC generation would keep its former neighbours alive.
        entry.Older = entry.Newer = null;
        Volatile.Write(ref _count, _count - 1);
    }

    /// <summary>The entry to evict next: one that has expired at <paramref name="now"/> or was not hit. The queue must not be empty.</summary>
    public NearItem FindVictim(long now)
    {
        var hand = _hand ?? _oldest!;
        for (var steps = MaximumSteps; steps > 0 && hand.IsVisited && hand.ExpiresAt > now; steps--)
        {
            hand.IsVisited = false;
            hand = hand.Newer ?? _oldest!;
        }

        _hand = hand;
        return hand;
    }

    /// <summary>The next entry of an endless round over all entries, with a hand of its own; <see langword="null"/> when the queue is empty.</summary>
    public NearItem? Sweep()
    {
        var entry = _sweeper ?? _oldest;
        _sweeper = entry?.Newer;
        return entry;
    }
}
