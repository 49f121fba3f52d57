namespace RedisAspire.Caching.Near;

/// <summary>
/// Entries in the order of their arrival, and the SIEVE algorithm to choose which one goes: a hand moves from the
/// oldest to the newest, spares what was asked for since it last passed, and takes the first that was not. New
/// entries arrive in front of the hand and those it spared stay behind it, so a scan of keys that nobody asks for
/// twice only ever displaces itself. Not thread-safe: the owner holds a lock.
/// </summary>
internal sealed class SieveQueue
{
    // How many entries the hand spares at most. Others wait for the lock meanwhile, and a full circle takes
    // milliseconds when everything was asked for: one entry that deserved better is the smaller harm.
    private const int MaximumSteps = 1_000;

    private NearEntry? _oldest;
    private NearEntry? _newest;
    private NearEntry? _hand;
    private NearEntry? _sweeper;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add(NearEntry entry)
    {
        entry.Older = _newest;
        if (_newest is null)
            _oldest = entry;
        else
            _newest.Newer = entry;
        _newest = entry;
        Volatile.Write(ref _count, _count + 1);
    }

    public void Remove(NearEntry entry)
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

        // A removed entry of an old GC generation would otherwise keep its former neighbours alive.
        entry.Older = entry.Newer = null;
        Volatile.Write(ref _count, _count - 1);
    }

    /// <summary>The entry to evict next: expired at <paramref name="now"/>, or not asked for. The queue must not be empty.</summary>
    public NearEntry FindVictim(long now)
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

    /// <summary>The next entry of an endless round over all of them, a hand of its own; <see langword="null"/> when there are none.</summary>
    public NearEntry? Sweep()
    {
        var entry = _sweeper ?? _oldest;
        _sweeper = entry?.Newer;
        return entry;
    }
}
