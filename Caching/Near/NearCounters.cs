namespace RedisAspire.Caching.Near;

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
