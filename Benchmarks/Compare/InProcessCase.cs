using System.Diagnostics;

namespace RedisAspire.Benchmarks.Compare;

/// <summary>An operation of a cache in this process.</summary>
/// <param name="what">The operation.</param>
/// <param name="who">The cache.</param>
/// <param name="runAsync">Does it as often as it is told to. The loop is in here, so that a call of a delegate is not part of an operation of nanoseconds.</param>
internal sealed class InProcessCase(string what, string who, Func<int, Task> runAsync)
{
    private int _operations = 1;

    public string What => what;

    public string Who => who;

    /// <summary>A sample for each round.</summary>
    public List<Sample> Samples { get; } = [];

    /// <summary>Switches something on while the operation is measured.</summary>
    public Func<IDisposable?> During { get; init; } = static () => null;

    /// <summary>Runs until the code is compiled for good, and finds out how many operations a sample takes.</summary>
    public async Task PrepareAsync(TimeSpan length)
    {
        using var during = During();
        // Methods are compiled again after thirty calls and a pause without new ones; twice, with what was seen in between.
        for (var pause = 0; pause < 3; pause++)
        {
            for (var call = 0; call < 40; call++)
                await runAsync(64);
            await Task.Delay(150);
        }

        while (true)
        {
            var started = Stopwatch.GetTimestamp();
            await runAsync(_operations);
            var elapsed = Stopwatch.GetElapsedTime(started);
            if (elapsed > length / 2)
            {
                _operations = Math.Max(1, (int)(_operations * (length / elapsed)));
                return;
            }

            _operations = elapsed > length / 100 ? (int)(_operations * (length / elapsed)) : _operations * 10;
        }
    }

    /// <summary>Measures once.</summary>
    public async Task MeasureAsync()
    {
        using var during = During();
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var processor = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        await runAsync(_operations);
        var elapsed = Stopwatch.GetElapsedTime(started);
        processor = Environment.CpuUsage.TotalTime - processor;
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        Samples.Add(new Sample
        {
            Time = elapsed.TotalNanoseconds / _operations,
            Processor = processor.TotalNanoseconds / _operations,
            // What the other threads of the process allocate meanwhile is not the operation's.
            Bytes = Math.Round((double)bytes / _operations, bytes < _operations ? 0 : 1),
        });
    }
}
