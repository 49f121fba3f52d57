using System.Globalization;

namespace RedisAspire.CoherenceWorker;

/// <summary>Something a worker did with a key.</summary>
/// <param name="At">When it began, in microseconds of the clock all processes share.</param>
/// <param name="Took">How long it took, in microseconds.</param>
/// <param name="Worker">The process.</param>
/// <param name="Task">The task in it.</param>
/// <param name="Operation">What it did.</param>
/// <param name="Value">The value it wrote or read.</param>
internal sealed record KeyEvent(long At, long Took, int Worker, string Task, string Operation, string? Value)
{
    /// <summary>The level that answered a read; empty when that is not known.</summary>
    public string? Level { get; init; }

    /// <summary>The node that answered.</summary>
    public string? Node { get; init; }

    /// <summary>The sequence below which a value of this process is a violation.</summary>
    public long Floor { get; init; }

    /// <summary>How many reads in the process found the same after it.</summary>
    public int Repeats { get; set; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{At / 1000.0,16:0.000} ms +{Took / 1000.0,-8:0.000} worker {Worker} {Task,-8} {Operation,-18} {Value ?? "-"} {Level} {Node} {(Floor > 0 ? $"(own writes up to {Floor})" : "")}{(Repeats > 0 ? $" and {Repeats} times more" : "")}");
}
