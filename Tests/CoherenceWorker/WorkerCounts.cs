namespace RedisAspire.CoherenceWorker;

/// <summary>What a worker, or all of them together, did and found.</summary>
/// <param name="Near">Reads answered in the process.</param>
/// <param name="Redis">Reads answered by a node.</param>
/// <param name="Source">Reads answered by the source.</param>
/// <param name="Others">Reads that do not tell.</param>
/// <param name="Writes">Writes through the cache.</param>
/// <param name="Removals">Removals through the cache.</param>
/// <param name="StraightWrites">Writes and removals at the master by another client.</param>
/// <param name="Uncertain">Writes whose outcome is not known: their keys are not written any more.</param>
/// <param name="Failures">Reads whose source failed.</param>
/// <param name="Judged">Reads that began after an own write of the key had returned.</param>
/// <param name="Behind">Those that returned an own value from before it.</param>
/// <param name="Compared">Reads after all writing, compared with the master.</param>
/// <param name="Stale">Those that differed.</param>
internal sealed record WorkerCounts(
    long Near, long Redis, long Source, long Others, long Writes, long Removals, long StraightWrites, long Uncertain, long Failures, long Judged, long Behind, long Compared, long Stale)
{
    public static WorkerCounts Zero { get; } = new(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    public long Reads => Near + Redis + Source + Others;

    public long AllWrites => Writes + Removals + StraightWrites;

    public static WorkerCounts operator +(WorkerCounts one, WorkerCounts other) => new(
        one.Near + other.Near,
        one.Redis + other.Redis,
        one.Source + other.Source,
        one.Others + other.Others,
        one.Writes + other.Writes,
        one.Removals + other.Removals,
        one.StraightWrites + other.StraightWrites,
        one.Uncertain + other.Uncertain,
        one.Failures + other.Failures,
        one.Judged + other.Judged,
        one.Behind + other.Behind,
        one.Compared + other.Compared,
        one.Stale + other.Stale);
}
