using RedisAspire.Caching;

namespace RedisAspire.CoherenceWorker;

/// <summary>What a worker counts, by many tasks at once.</summary>
internal sealed class Tally
{
    private readonly long[] _levels = new long[Enum.GetValues<CacheLevel>().Length];
    private long _others;
    private long _writes;
    private long _removals;
    private long _straightWrites;
    private long _uncertain;
    private long _failures;
    private long _judged;
    private long _behind;
    private long _compared;
    private long _stale;

    public void Read(CacheLevel? level) => Interlocked.Increment(ref level is { } known ? ref _levels[(int)known] : ref _others);

    public void Wrote() => Interlocked.Increment(ref _writes);

    public void Removed() => Interlocked.Increment(ref _removals);

    public void WroteStraight() => Interlocked.Increment(ref _straightWrites);

    public void WasUncertain() => Interlocked.Increment(ref _uncertain);

    public void Failed() => Interlocked.Increment(ref _failures);

    public void Judged() => Interlocked.Increment(ref _judged);

    public void WasBehind() => Interlocked.Increment(ref _behind);

    public void Compared() => Interlocked.Increment(ref _compared);

    public long WasStale() => Interlocked.Increment(ref _stale);

    public WorkerCounts ToCounts() => new(
        _levels[(int)CacheLevel.Near], _levels[(int)CacheLevel.Redis], _levels[(int)CacheLevel.Source], _others,
        _writes, _removals, _straightWrites, _uncertain, _failures, _judged, _behind, _compared, _stale);
}
