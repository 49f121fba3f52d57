using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

namespace RedisAspire.Caching.Near;

/// <summary>
/// The values that stay in the process, as long as Redis would tell of their change. Bounded in entries and bytes;
/// a hit takes no lock and allocates nothing. Keys are the keys in Redis, as text.
/// </summary>
/// <remarks>
/// <para>
/// What it guarantees: once <see cref="Invalidate(string)"/> (or <see cref="InvalidateAll"/>, or <see cref="TurnOff"/>)
/// has returned, no <see cref="TryGet"/> that begins returns an item whose fill began before that call. A look-up that
/// overlaps with the call may still return the item: it counts as having happened before.
/// </para>
/// <para>
/// Fills follow one order: <see cref="BeginFill"/>, then the read is sent to Redis, then <see cref="TryComplete"/>.
/// A change in Redis after the read is told by an invalidation, which therefore finds the fill begun.
/// </para>
/// </remarks>
internal sealed class NearCache
{
    private const int StackallocCharacters = 256;
    private const int TrimBatch = 500;

    private readonly NearCacheOptions _options;
    private readonly NearCounters _counters = new();
    private readonly Lock _flushing = new();
    // Replaced as a whole by every flush, and null while off. A ticket only ever stores into the generation it was
    // issued by, so that whatever the threads in between do, nothing from before a flush is found after it.
    private volatile NearGeneration? _generation;

    /// <summary>Makes a near cache that is off.</summary>
    /// <param name="options">Its bounds.</param>
    /// <param name="time">The clock its items expire by.</param>
    /// <exception cref="ArgumentOutOfRangeException">A bound is not positive.</exception>
    public NearCache(NearCacheOptions options, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaximumEntries, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaximumBytes, nameof(options));
        _options = options;
        Clock = new NearClock(time);
    }

    /// <summary>The clock that items expire by.</summary>
    public NearClock Clock { get; }

    /// <summary>Whether Redis tells of changes, so that values may be kept.</summary>
    public bool IsOn => _generation is not null;

    /// <summary>What replaces itself with every flush: who finds the same again knows that there was none. <see langword="null"/> while off.</summary>
    public NearGeneration? Generation => _generation;

    /// <summary>The entries held, those included that have expired and were not yet reclaimed.</summary>
    public int Count => _generation?.Count ?? 0;

    /// <summary>The bytes they count for.</summary>
    public long Bytes => _generation?.Bytes ?? 0;

    /// <summary>What it holds, and what it has let go.</summary>
    public NearCacheStatistics Statistics =>
        _generation is { } generation ? _counters.With(generation.Count, generation.Bytes) : _counters.With(0, 0);

    /// <summary>Redis tells of changes from now on: values may be kept. Fills begun earlier remain void.</summary>
    public void TurnOn()
    {
        lock (_flushing)
            _generation ??= NewGeneration();
    }

    /// <summary>Redis does not tell of changes any more: lets everything go, and keeps nothing until <see cref="TurnOn"/>.</summary>
    public void TurnOff() => Flush(isOnAfterwards: false);

    /// <summary>Lets everything go, and voids all fills in flight.</summary>
    public void InvalidateAll() => Flush(isOnAfterwards: true);

    /// <summary>Finds the item of a key, unless it has expired.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out NearItem? item)
    {
        if (_generation is { } generation && generation.TryFind(key, out var entry))
        {
            if (entry.ExpiresAt > Clock.Now)
            {
                // Written once only: a write on every hit would pass the cache line from core to core.
                if (!entry.IsVisited)
                    entry.IsVisited = true;
                item = entry.Item;
                return true;
            }

            generation.RemoveExpired(entry);
        }

        item = null;
        return false;
    }

    /// <summary>Announces a fill. Must be called before the read is sent to Redis; several of one key may be in flight.</summary>
    public FillTicket BeginFill(string key) =>
        _generation is { } generation && IsWellFormed(key) ? generation.BeginFill(key) : new FillTicket(key, Clock.Now);

    /// <summary>
    /// Stores what was read, unless since <see cref="BeginFill"/> the key or everything was invalidated, the cache was
    /// off (even if it is on again) or the ticket has ended; nor is an item stored that is too large or has expired.
    /// </summary>
    /// <returns>Whether it was stored.</returns>
    public bool TryComplete(FillTicket ticket, NearItem item) =>
        ticket.Generation is { } generation && generation == _generation && generation.TryComplete(ticket, item);

    /// <summary>Ends a fill without result.</summary>
    public void Abandon(FillTicket ticket)
    {
        if (ticket.Generation is { } generation && generation == _generation)
            generation.Abandon(ticket);
    }

    /// <summary>Removes the item of a key, and voids the fills of it that are in flight.</summary>
    public void Invalidate(string key) => _generation?.Invalidate(key);

    /// <summary>Removes the item of a key as Redis names it, and voids the fills of it that are in flight.</summary>
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
    /// Reclaims expired entries among the next <paramref name="maximum"/> of an endless round over all. They are never
    /// served and stay within the bounds, so calling this every few seconds is a courtesy to the rest of the process.
    /// </summary>
    public void Trim(int maximum = 10_000)
    {
        // In batches, so that no fill waits long for the lock.
        for (maximum = Math.Min(maximum, Count); maximum > 0 && _generation is { } generation; maximum -= TrimBatch)
            generation.Trim(Math.Min(maximum, TrimBatch));
    }

    /// <summary>Whether a text is the same after its way to Redis: a lone surrogate would become U+FFFD.</summary>
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
    /// <summary>The most entries kept. 100 000 by default.</summary>
    public int MaximumEntries { get; init; } = 100_000;

    /// <summary>The most bytes kept, by <see cref="NearItem.Size"/>. 64 MiB by default.</summary>
    public long MaximumBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The largest item kept: a sixteenth of <see cref="MaximumBytes"/>, so that no single one empties the cache.</summary>
    public long MaximumItemBytes => MaximumBytes / 16;
}

/// <summary>What a <see cref="NearCache"/> holds, and what it has let go since it was made.</summary>
/// <param name="Entries">The entries held, those included that have expired and were not yet reclaimed.</param>
/// <param name="Bytes">The bytes they count for.</param>
/// <param name="CapacityEvictions">Entries that made room for others.</param>
/// <param name="Expirations">Entries reclaimed after their time.</param>
/// <param name="Invalidations">Invalidations that took away an entry or voided a fill in flight.</param>
/// <param name="Flushes">How often everything was let go at once.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct NearCacheStatistics(
    int Entries, long Bytes, long CapacityEvictions, long Expirations, long Invalidations, long Flushes);

/// <summary>What a <see cref="NearCache"/> counts over all its generations.</summary>
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
