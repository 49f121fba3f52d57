using System.Numerics;
using System.Runtime.InteropServices;

namespace RedisAspire.Caching.Statistics;

/// <summary>
/// Counts hits in the process, and says which of them to time: asking for the time costs as much as the hit. All are
/// timed while they are few; of many, every 64th stands for all.
/// </summary>
internal sealed class NearHitCounter
{
    private const int Sample = 64;
    private const int AllTimed = 10_000;

    // A cell for each processor, so that they do not wait for each other.
    private readonly Cell[] _cells = new Cell[BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount)];

    public NearHitCounter() => BeginSlice();

    /// <summary>How many hits there were.</summary>
    public long Count
    {
        get
        {
            var count = 0L;
            for (var i = 0; i < _cells.Length; i++)
                count += Interlocked.Read(ref _cells[i].Count);
            return count;
        }
    }

    private ref Cell Own => ref _cells[Thread.GetCurrentProcessorId() & (_cells.Length - 1)];

    /// <summary>Whether the next hit is one of those that are timed.</summary>
    public bool IsNextTimed
    {
        get
        {
            ref var cell = ref Own;
            return WeightOf(ref cell, cell.Count) > 0;
        }
    }

    /// <summary>Counts a hit.</summary>
    /// <returns>How many hits its time stands for; 0 when it need not be known.</returns>
    public long CountHit()
    {
        ref var cell = ref Own;
        return WeightOf(ref cell, Interlocked.Increment(ref cell.Count) - 1);
    }

    /// <summary>From now on hits are few until they are many again.</summary>
    public void BeginSlice()
    {
        for (var i = 0; i < _cells.Length; i++)
            Volatile.Write(ref _cells[i].SampledFrom, Interlocked.Read(ref _cells[i].Count) + AllTimed);
    }

    private static long WeightOf(ref Cell cell, long before) =>
        before < cell.SampledFrom ? 1 : before % Sample == 0 ? Sample : 0;

    // As large as what processors pass to each other, neighbour included.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Cell
    {
        [FieldOffset(0)]
        public long Count;

        [FieldOffset(8)]
        public long SampledFrom;
    }
}
