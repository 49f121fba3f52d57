using System.Collections.Concurrent;
using System.Diagnostics;
using HdrHistogram;

namespace RedisAspire.Benchmarks.Load;

/// <summary>
/// Asks at a constant rate, whether answers come or not, as many independent users do. What a request takes counts from when
/// it should have been sent: were it to count from when it was, a server that stands still would only be asked less, and
/// the requests that it kept waiting would be missing from the figures (coordinated omission).
/// </summary>
/// <param name="options">How much is asked.</param>
/// <param name="askAsync">Asks, given the number of the request and when it is due; returns the kind of its failure, or <see langword="null"/>.</param>
internal sealed class OpenLoopLoad(OpenLoopOptions options, Func<long, TimeSpan, Task<string?>> askAsync)
{
    /// <summary>The kind of failure of a request that was not sent, because too many others had no answer yet.</summary>
    public const string TooManyOutstanding = "too many outstanding";

    private readonly ConcurrentDictionary<string, long> _failures = new(StringComparer.Ordinal);
    private readonly LongConcurrentHistogram _latencies = NewHistogram();
    private readonly LongConcurrentHistogram _lateness = NewHistogram();
    private readonly Stopwatch _clock = new();
    private readonly TaskCompletionSource _last = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // One more for the loop that sends.
    private int _outstanding = 1;

    /// <summary>The time since the start.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Asks until the duration is over, or until it is cancelled, and waits for the last answers.</summary>
    /// <param name="stopping">Ends it early.</param>
    public async Task<LoadResult> RunAsync(CancellationToken stopping)
    {
        _clock.Start();
        var sent = await Task.Factory.StartNew(() => Send(stopping), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Return();
        await _last.Task;
        return new LoadResult(sent, _clock.Elapsed, _latencies, _lateness, _failures.ToDictionary(StringComparer.Ordinal));
    }

    // On a thread of its own: it sleeps for a millisecond when it means to, and timers may take four.
    private long Send(CancellationToken stopping)
    {
        var sent = 0L;
        for (; !stopping.IsCancellationRequested; sent++)
        {
            var due = TimeSpan.FromSeconds(sent / options.Rate);
            if (due >= options.Duration)
                break;
            while (due - _clock.Elapsed is { Ticks: > 0 } early)
                Thread.Sleep(Math.Max(1, (int)early.TotalMilliseconds));
            if (_outstanding > options.MaximumOutstanding)
            {
                Fail(TooManyOutstanding);
                continue;
            }

            Interlocked.Increment(ref _outstanding);
            var number = sent;
            _ = Task.Run(() => AskAsync(number, due), CancellationToken.None);
        }

        return sent;
    }

    private async Task AskAsync(long number, TimeSpan due)
    {
        try
        {
            Record(_lateness, _clock.Elapsed - due);
            if (await askAsync(number, due) is { } failure)
                Fail(failure);
            else
                Record(_latencies, _clock.Elapsed - due);
        }
        catch (Exception failure)
        {
            Fail(failure.GetType().Name);
        }
        finally
        {
            Return();
        }
    }

    private void Return()
    {
        if (Interlocked.Decrement(ref _outstanding) == 0)
            _last.TrySetResult();
    }

    private void Fail(string kind) => _failures.AddOrUpdate(kind, 1, static (_, count) => count + 1);

    // In microseconds.
    private static LongConcurrentHistogram NewHistogram() => new(1, (long)TimeSpan.FromHours(1).TotalMicroseconds, numberOfSignificantValueDigits: 3);

    private static void Record(LongConcurrentHistogram histogram, TimeSpan took) => histogram.RecordValue(Math.Max(1, (long)took.TotalMicroseconds));
}

/// <summary>How much is asked.</summary>
internal sealed record OpenLoopOptions
{
    /// <summary>Requests per second.</summary>
    public required double Rate { get; init; }

    /// <summary>For how long.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.MaxValue;

    /// <summary>How many requests may be without an answer at once. What is due while there are so many is not sent, and fails.</summary>
    public int MaximumOutstanding { get; init; } = 10_000;
}

/// <summary>What came of a load.</summary>
/// <param name="Requests">How many requests were due.</param>
/// <param name="Elapsed">The time until the last answer.</param>
/// <param name="Latencies">What the requests with an answer took, from when they were due, in microseconds.</param>
/// <param name="Lateness">How late the generator sent them, in microseconds: it is part of the latencies.</param>
/// <param name="Failures">How many requests failed, by kind.</param>
internal sealed record LoadResult(long Requests, TimeSpan Elapsed, HistogramBase Latencies, HistogramBase Lateness, IReadOnlyDictionary<string, long> Failures)
{
    /// <summary>How many requests failed.</summary>
    public long FailureCount => Failures.Values.Sum();
}
