using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

namespace RedisAspire.Caching.Near;

/// <summary>
/// The values that are kept in the process while Redis pushes invalidations for them. Bounded in entries and bytes;
/// a hit takes no lock and allocates nothing. Keys are the keys in Redis, as text.
/// </summary>
/// <remarks>
/// <para>
/// The guarantee: once <see cref="Invalidate(string)"/> (or <see cref="InvalidateAll"/>, or <see cref="TurnOff"/>) has
/// returned, a <see cref="TryGet"/> that starts afterwards does not return an item whose fill began before that call. A
/// look-up that overlaps with the call may still return the item: it counts as having happened before.
/// </para>
/// <para>
/// Fills follow one order: <see cref="BeginFill"/>, then the read is sent to Redis, then <see cref="TryComplete"/>.
/// The invalidation for a change after the read therefore always finds the fill registered.
/// </para>
/// </remarks>
internal sealed class NearCache
{
    private const int StackallocCharacters = 256;
    private const int TrimBatch = 500;

    private readonly NearCacheOptions _options;
    private readonly NearCounters _counters = new();
    private readonly Lock _flushing = new();
    // Every flush replaces the generation; it is null while the near cache is off. A ticket stores only into the
    // generation that issued it, so that no item from before a flush is found after it, however threads interleave.
    private volatile NearGeneration? _generation;

    /// <summary>Creates a near cache that is off.</summary>
    /// <param name="options">Its bounds.</param>
    /// <param name="time">The time source for the expiration of items.</param>
    /// <exception cref="ArgumentOutOfRangeException">A bound is not positive.</exception>
    public NearCache(NearCacheOptions options, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaximumEntries, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaximumBytes, nameof(options));
        _options = options;
        Clock = new NearClock(time);
    }

    /// <summary>The clock for the expiration of items.</summary>
    public NearClock Clock { get; }

    /// <summary>Whether Redis pushes invalidations, so that values may be kept.</summary>
    public bool IsOn => _generation is not null;

    /// <summary>Every flush replaces it, so the same instance means that no flush has happened. <see langword="null"/> while off.</summary>
    public NearGeneration? Generation => _generation;

    /// <summary>The number of entries, including expired ones that were not yet reclaimed.</summary>
    public int Count => _generation?.Count ?? 0;

    /// <summary>The accounted size of the entries in bytes.</summary>
    public long Bytes => _generation?.Bytes ?? 0;

    /// <summary>The current size, and the counters since creation.</summary>
    public NearCacheStatistics Statistics =>
        _generation is { } generation ? _counters.With(generation.Count, generation.Bytes) : _counters.With(0, 0);

    /// <summary>Turns the near cache on, because Redis pushes invalidations from now on. Fills begun earlier remain void.</summary>
    public void TurnOn()
    {
        lock (_flushing)
            _generation ??= NewGeneration();
    }

    /// <summary>Flushes the near cache and turns it off, because Redis does not push invalidations any longer.</summary>
    public void TurnOff() => Flush(isOnAfterwards: false);

    /// <summary>Flushes all entries, and voids all fills in flight.</summary>
    public void InvalidateAll() => Flush(isOnAfterwards: true);

    /// <summary>Finds the item of a key, unless it has expired.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out NearItem? item)
    {
        if (_generation is { } generation && generation.TryFind(key, out var entry))
        {
            if (entry.ExpiresAt > Clock.Now)
            {
                // The mark is written only once, because a write on every hit would move the cache line from core to core.
                if (!entry.IsVisited)
                    entry.IsVisited = true;
                item = entry;
                return true;
            }

            generation.RemoveExpired(entry);
        }

        item = null;
        return false;
    }

    /// <summary>Registers a fill. Must be called before the read is sent to Redis; several fills of one key may be in flight.</summary>
    public FillTicket BeginFill(string key) =>
        _generation is { } generation && IsWellFormed(key) ? generation.BeginFill(key) : new FillTicket(key, Clock.Now);

    /// <summary>
    /// Stores the item, unless since <see cref="BeginFill"/> the key or everything was invalidated, the cache was off (even if
    /// it is on again) or the ticket has ended. An item that is too large or has expired is not stored either.
    /// </summary>
    /// <returns>Whether the item was stored.</returns>
    public bool TryComplete(FillTicket ticket, NearItem item) =>
        ticket.Generation is { } generation && generation == _generation && generation.TryComplete(ticket, item);

    /// <summary>Ends a fill without a result.</summary>
    public void Abandon(FillTicket ticket)
    {
        if (ticket.Generation is { } generation && generation == _generation)
            generation.Abandon(ticket);
    }

    /// <summary>Removes the item of a key, and voids the fills of the key that are in flight.</summary>
    public void Invalidate(string key) => _generation?.Invalidate(key);

    /// <summary>Removes the item of a key given in UTF-8, and voids the fills of the key that are in flight.</summary>
    public void Invalidate(ReadOnlySpan<byte> utf8Key)
    {
        if (_generation is not { } generation)
            return;

        char[]? rented = null;
        var characters = utf8Key.Length <= StackallocCharacters
            ? stackalloc char[StackallocCharacters]
            : rented = ArrayPool<char>.Shared.Rent(utf8Key.Length);
        generation.Invalidate(characters[..Encoding.UTF8.GetChars(utf8Key, characters)]);
        if (rented is not null)
            ArrayPool<char>.Shared.Return(rented);
    }

    /// <summary>
    /// Reclaims expired entries among the next <paramref name="maximum"/> of an endless round over all. Expired entries are
    /// never returned and stay within the bounds, so this only gives memory back early.
    /// </summary>
    public void Trim(int maximum = 10_000)
    {
        // It works in batches, so that no fill waits long for the lock.
        for (maximum = Math.Min(maximum, Count); maximum > 0 && _generation is { } generation; maximum -= TrimBatch)
            generation.Trim(Math.Min(maximum, TrimBatch));
    }

    /// <summary>Whether a text survives the encoding as UTF-8: a lone surrogate would become U+FFFD.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> key)
    {
        var start = key.IndexOfAnyInRange('\uD800', '\uDFFF');
        if (start < 0)
            return true;

        for (key = key[start..]; !key.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(key, out _, out var length) != OperationStatus.Done)
                return false;
            key = key[length..];
        }

        return true;
    }

    private void Flush(bool isOnAfterwards)
    {
        lock (_flushing)
        {
            if (_generation is null)
                return;

            _generation = isOnAfterwards ? NewGeneration() : null;
            _counters.CountFlush();
        }
    }

    private NearGeneration NewGeneration() => new(_options, Clock, _counters);
}

/// <summary>The bounds of a <see cref="NearCache"/>.</summary>
internal sealed class NearCacheOptions
{
    /// <summary>The maximum number of entries. 100,000 by default.</summary>
    public int MaximumEntries { get; init; } = 100_000;

    /// <summary>The maximum total of <see cref="NearItem.Size"/> in bytes. 64 MiB by default.</summary>
    public long MaximumBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The largest item: a sixteenth of <see cref="MaximumBytes"/>, so that no single one empties the cache.</summary>
    public long MaximumItemBytes => MaximumBytes / 16;
}

/// <summary>The current size of a <see cref="NearCache"/>, and its counters since creation.</summary>
/// <param name="Entries">The number of entries, including expired ones that were not yet reclaimed.</param>
/// <param name="Bytes">The accounted size of the entries in bytes.</param>
/// <param name="CapacityEvictions">The entries evicted to make room for others.</param>
/// <param name="Expirations">The entries reclaimed after their expiration.</param>
/// <param name="Invalidations">The invalidations that removed an entry or voided a fill in flight.</param>
/// <param name="Flushes">The number of flushes.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct NearCacheStatistics(
    int Entries, long Bytes, long CapacityEvictions, long Expirations, long Invalidations, long Flushes);

/// <summary>The counters of a <see cref="NearCache"/> over all its generations.</summary>
internal sealed class NearCounters
{
    private long _capacityEvictions;
    private long _expirations;
    private long _invalidations;
    private long _flushes;

    public void CountCapacityEviction() => Interlocked.Increment(ref _capacityEvictions);

    public void CountExpiration() => Interlocked.Increment(ref _expirations);

    public void CountInvalidation() => Interlocked.Increment(ref _invalidations);

    public void CountFlush() => Interlocked.Increment(ref _flushes);

    public NearCacheStatistics With(int entries, long bytes) => new(
        entries,
        bytes,
        Interlocked.Read(ref _capacityEvictions),
        Interlocked.Read(ref _expirations),
        Interlocked.Read(ref _invalidations),
        Interlocked.Read(ref _flushes));
}
