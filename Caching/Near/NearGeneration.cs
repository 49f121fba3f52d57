using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace RedisAspire.Caching.Near;

/// <summary>
/// All that a <see cref="NearCache"/> holds from one flush to the next: entries, their queue and the fills in flight.
/// A flush drops the generation as a whole, and with it whatever other threads still put into it.
/// </summary>
/// <remarks>
/// <para>Look-ups take no lock. Everything that changes anything does, so that entries, queue and byte count agree exactly.</para>
/// <para>
/// Why no fill overtakes an invalidation: a fill registers under the lock before its read is sent. An invalidation
/// takes, under the lock, both the registration and the entry away. Only <see cref="TryComplete"/> adds entries, and
/// under the lock it does so only while its registration stands. So a fill that began before an invalidation has
/// either completed before it, and then its entry is removed by it (unless another one took its place, or it was
/// evicted, earlier), or it completes after it, and then finds its registration gone. Once the invalidation has
/// released the lock no look-up that begins can find an entry of such a fill.
/// </para>
/// </remarks>
internal sealed class NearGeneration
{
    private readonly Lock _lock = new();
    private readonly NearCacheOptions _options;
    private readonly NearClock _clock;
    private readonly NearCounters _counters;
    private readonly SieveQueue _queue = new();
    private readonly ConcurrentDictionary<string, NearEntry> _entries;
    private readonly ConcurrentDictionary<string, NearEntry>.AlternateLookup<ReadOnlySpan<char>> _entriesBySpan;
    private readonly Dictionary<string, FillGroup> _fills;
    private readonly Dictionary<string, FillGroup>.AlternateLookup<ReadOnlySpan<char>> _fillsBySpan;
    private long _bytes;

    public NearGeneration(NearCacheOptions options, NearClock clock, NearCounters counters)
    {
        _options = options;
        _clock = clock;
        _counters = counters;
        // One writer at a time: more locks of its own would only cost memory.
        _entries = new(concurrencyLevel: 1, capacity: 31, StringComparer.Ordinal);
        _entriesBySpan = _entries.GetAlternateLookup<ReadOnlySpan<char>>();
        _fills = new(StringComparer.Ordinal);
        _fillsBySpan = _fills.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int Count => _queue.Count;

    public long Bytes => Volatile.Read(ref _bytes);

    public bool TryFind(string key, [NotNullWhen(true)] out NearEntry? entry) => _entries.TryGetValue(key, out entry);

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

            Store(new NearEntry(ticket.Key, item), now);
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

            var isHeld = _entriesBySpan.TryRemove(key, out _, out var entry);
            if (isHeld)
                Unlink(entry!);

            if (isFilling || isHeld)
                _counters.CountInvalidation();
        }
    }

    public void RemoveExpired(NearEntry entry)
    {
        lock (_lock)
        {
            // Another thread may have removed or replaced it.
            if (_entries.TryRemove(KeyValuePair.Create(entry.Key, entry)))
            {
                Unlink(entry);
                _counters.CountExpiration();
            }
        }
    }

    /// <summary>Removes those that have expired among the next <paramref name="maximum"/> entries of an endless round.</summary>
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

    private void Store(NearEntry entry, long now)
    {
        if (_entries.TryGetValue(entry.Key, out var replaced))
        {
            // It stays readable until the new one takes its place, but is no candidate for eviction any more.
            Unlink(replaced);
            entry.IsVisited = replaced.IsVisited;
        }

        while (_queue.Count >= _options.MaximumEntries || _bytes + entry.Item.Size > _options.MaximumBytes)
            Evict(_queue.FindVictim(now), now);

        _entries[entry.Key] = entry;
        _queue.Add(entry);
        Volatile.Write(ref _bytes, _bytes + entry.Item.Size);
    }

    private void Evict(NearEntry entry, long now)
    {
        _entries.TryRemove(entry.Key, out _);
        Unlink(entry);
        if (entry.ExpiresAt <= now)
            _counters.CountExpiration();
        else
            _counters.CountCapacityEviction();
    }

    private void Unlink(NearEntry entry)
    {
        _queue.Remove(entry);
        Volatile.Write(ref _bytes, _bytes - entry.Item.Size);
    }
}

/// <summary>
/// The right to store what is about to be read from Redis, as long as nothing happens to the key meanwhile.
/// Every ticket ends in <see cref="NearCache.TryComplete"/> or <see cref="NearCache.Abandon"/>, once.
/// </summary>
internal sealed class FillTicket
{
    internal FillTicket(string key, long beganAt)
    {
        Key = key;
        BeganAt = beganAt;
    }

    /// <summary>The key that is filled.</summary>
    public string Key { get; }

    /// <summary>
    /// When the fill began, by <see cref="NearClock"/>. Redis answers later than that, so a time to live counted
    /// from here never ends after the one in Redis.
    /// </summary>
    public long BeganAt { get; }

    /// <summary>The generation the ticket is for; <see langword="null"/> when the cache was closed.</summary>
    internal NearGeneration? Generation { get; init; }

    /// <summary>The ticket's registration; <see langword="null"/> when it has ended.</summary>
    internal FillGroup? Group { get; set; }
}

/// <summary>The fills in flight of one key that no invalidation has come between. Guarded by the lock of their generation.</summary>
internal sealed class FillGroup
{
    /// <summary>How many they are.</summary>
    public int InFlight { get; set; }

    /// <summary>Whether the key was invalidated: none of them may be stored any more.</summary>
    public bool IsVoid { get; set; }
}
