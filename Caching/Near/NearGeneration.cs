using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace RedisAspire.Caching.Near;

/// <summary>
/// The content of a <see cref="NearCache"/> from one flush to the next: entries, their queue and the fills in flight.
/// A flush drops the generation, and with it the items that other threads still add to it.
/// </summary>
/// <remarks>
/// <para>Look-ups take no lock. Every change takes it, so that entries, queue and byte count agree exactly.</para>
/// <para>
/// Why no fill overtakes an invalidation: a fill registers under the lock before its read is sent. An invalidation
/// removes, under the lock, both the registration and the entry. Only <see cref="TryComplete"/> adds entries, and it
/// does so under the lock and only while the registration exists. A fill that began before an invalidation has therefore
/// either completed before it, and then the invalidation removes its entry (unless it was replaced or evicted earlier),
/// or it completes after it, and then finds its registration removed. Once the invalidation has released the lock, a
/// look-up that starts cannot find an entry of such a fill.
/// </para>
/// </remarks>
internal sealed class NearGeneration
{
    private readonly Lock _lock = new();
    private readonly NearCacheOptions _options;
    private readonly NearClock _clock;
    private readonly NearCounters _counters;
    private readonly SieveQueue _queue = new();
    private readonly ConcurrentDictionary<string, NearItem> _entries;
    private readonly ConcurrentDictionary<string, NearItem>.AlternateLookup<ReadOnlySpan<char>> _entriesBySpan;
    private readonly Dictionary<string, FillGroup> _fills;
    private readonly Dictionary<string, FillGroup>.AlternateLookup<ReadOnlySpan<char>> _fillsBySpan;
    private long _bytes;

    public NearGeneration(NearCacheOptions options, NearClock clock, NearCounters counters)
    {
        _options = options;
        _clock = clock;
        _counters = counters;
        // The lock admits one writer at a time, so more internal locks of the dictionary would only cost memory.
        _entries = new(concurrencyLevel: 1, capacity: 31, StringComparer.Ordinal);
        _entriesBySpan = _entries.GetAlternateLookup<ReadOnlySpan<char>>();
        _fills = new(StringComparer.Ordinal);
        _fillsBySpan = _fills.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int Count => _queue.Count;

    public long Bytes => Volatile.Read(ref _bytes);

    public bool TryFind(string key, [NotNullWhen(true)] out NearItem? entry) => _entries.TryGetValue(key, out entry);

    public FillTicket BeginFill(string key)
    {
        var beganAt = _clock.Now;
        lock (_lock)
        {
            if (!_fills.TryGetValue(key, out var group))
                _fills.Add(key, group = new FillGroup());
            group.InFlight++;
            return new FillTicket(key, beganAt) { Generation = this, Group = group };
        }
    }

    public bool TryComplete(FillTicket ticket, NearItem item)
    {
        lock (_lock)
        {
            var now = _clock.Now;
            if (!TryEnd(ticket) || item.Size > _options.MaximumItemBytes || item.ExpiresAt <= now)
                return false;

            item.Key = ticket.Key;
            Store(item, now);
            return true;
        }
    }

    public void Abandon(FillTicket ticket)
    {
        lock (_lock)
            TryEnd(ticket);
    }

    public void Invalidate(ReadOnlySpan<char> key)
    {
        lock (_lock)
        {
            var isFilling = _fillsBySpan.Remove(key, out _, out var group);
            if (isFilling)
                group!.IsVoid = true;

            var isPresent = _entriesBySpan.TryRemove(key, out _, out var entry);
            if (isPresent)
                Unlink(entry!);

            if (isFilling || isPresent)
                _counters.CountInvalidation();
        }
    }

    public void RemoveExpired(NearItem entry)
    {
        lock (_lock)
        {
            // Another thread may have removed or replaced the entry.
            if (_entries.TryRemove(KeyValuePair.Create(entry.Key, entry)))
            {
                Unlink(entry);
                _counters.CountExpiration();
            }
        }
    }

    /// <summary>Removes the expired ones among the next <paramref name="maximum"/> entries of an endless round.</summary>
    public void Trim(int maximum)
    {
        lock (_lock)
        {
            var now = _clock.Now;
            for (var left = Math.Min(maximum, _queue.Count); left > 0 && _queue.Sweep() is { } entry; left--)
            {
                if (entry.ExpiresAt <= now)
                    Evict(entry, now);
            }
        }
    }

    private bool TryEnd(FillTicket ticket)
    {
        if (ticket.Group is not { } group)
            return false;

        ticket.Group = null;
        if (group.IsVoid)
            return false;
        if (--group.InFlight == 0)
            _fills.Remove(ticket.Key);
        return true;
    }

    private void Store(NearItem entry, long now)
    {
        if (_entries.TryGetValue(entry.Key, out var replaced))
        {
            // The old entry stays readable until the new one replaces it, but must not be chosen for eviction.
            Unlink(replaced);
            entry.IsVisited = replaced.IsVisited;
        }

        while (_queue.Count >= _options.MaximumEntries || _bytes + entry.Size > _options.MaximumBytes)
            Evict(_queue.FindVictim(now), now);

        _entries[entry.Key] = entry;
        _queue.Add(entry);
        Volatile.Write(ref _bytes, _bytes + entry.Size);
    }

    private void Evict(NearItem entry, long now)
    {
        _entries.TryRemove(entry.Key, out _);
        Unlink(entry);
        if (entry.ExpiresAt <= now)
            _counters.CountExpiration();
        else
            _counters.CountCapacityEviction();
    }

    private void Unlink(NearItem entry)
    {
        _queue.Remove(entry);
        Volatile.Write(ref _bytes, _bytes - entry.Size);
    }
}

/// <summary>
/// The right to keep a value that is about to be read from Redis, unless the key is invalidated meanwhile.
/// Every ticket ends once, in <see cref="NearCache.TryComplete"/> or <see cref="NearCache.Abandon"/>.
/// </summary>
internal sealed class FillTicket
{
    internal FillTicket(string key, long beganAt)
    {
        Key = key;
        BeganAt = beganAt;
    }

    /// <summary>The key to fill.</summary>
    public string Key { get; }

    /// <summary>
    /// When the fill began, by <see cref="NearClock"/>. Redis replies later than that, so a time to live counted from this
    /// moment never ends after the one in Redis.
    /// </summary>
    public long BeganAt { get; }

    /// <summary>The generation that issued the ticket; <see langword="null"/> when the near cache was off.</summary>
    internal NearGeneration? Generation { get; init; }

    /// <summary>The ticket's registration; <see langword="null"/> when the ticket has ended.</summary>
    internal FillGroup? Group { get; set; }
}

/// <summary>The fills in flight of one key since its last invalidation. Guarded by the lock of the generation.</summary>
internal sealed class FillGroup
{
    /// <summary>The number of fills in flight.</summary>
    public int InFlight { get; set; }

    /// <summary>Whether the key was invalidated, so that none of the fills may be stored.</summary>
    public bool IsVoid { get; set; }
}
