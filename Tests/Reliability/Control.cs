using System.Collections.Concurrent;
using System.Diagnostics;

namespace RedisAspire.Tests.Reliability;

/// <summary>
/// Asks all the time, one request after another, for something that no fault touches. What that takes too long, other
/// work has taken: the processors are busy, or the disk is. A limit is judged by what is left without that.
/// </summary>
/// <param name="askAsync">Asks once, and waits for the answer.</param>
/// <param name="clock">Times are by this clock.</param>
internal sealed class Control(Func<Task> askAsync, Stopwatch clock) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    // What pause, request and answer take on a machine with nothing else to do, with room to spare.
    private static readonly TimeSpan Usual = Pause + TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentQueue<(TimeSpan Began, TimeSpan Ended)> _delays = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task? _run;

    /// <summary>Begins to ask.</summary>
    public void Start() => _run = RunAsync();

    /// <summary>For how long nothing went on, between two moments.</summary>
    public TimeSpan HeldUp(TimeSpan from, TimeSpan to) => TimeSpan.FromTicks(_delays.Sum(delay =>
        Math.Max(0, Math.Min(delay.Ended.Ticks, to.Ticks) - Math.Max(delay.Began.Ticks, from.Ticks) - Usual.Ticks)));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_run is not null)
            await _run;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            var began = clock.Elapsed;
            await Task.Delay(Pause, CancellationToken.None);
            await askAsync();
            if (clock.Elapsed is var ended && ended - began > Usual)
                _delays.Enqueue((began, ended));
        }
    }
}
