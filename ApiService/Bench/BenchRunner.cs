using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using RedisAspire.ApiService.Data;
using RedisAspire.ApiService.Problems;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Bench;

/// <summary>Runs the bench: in this process, against a cache of its own on the nodes that serve everybody else meanwhile.</summary>
internal sealed class BenchRunner(
    RedisTopology topology, IConfiguration configuration, DataService data, BenchHistory history, IOptions<BenchOptions> options, IHostApplicationLifetime lifetime, TimeProvider time,
    ILoggerFactory loggers)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Whose run it is: there is one at a time.</summary>
    public OneAtATime Turns { get; } = new();

    /// <summary>Runs, and reports about four times a second how it goes.</summary>
    public async IAsyncEnumerable<SseItem<object>> RunAsync(
        BenchRequest request, IDisposable turn, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var holding = turn;
        using var deadline = new CancellationTokenSource(options.Value.MaximumDuration, time);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, lifetime.ApplicationStopping, cancellationToken);
        var startedAt = time.GetUtcNow();
        await using var cache = new BenchCache(topology, configuration, time, loggers);
        await cache.OpenAsync(stopping.Token);
        var load = new BenchLoad(request, cache.Cache, data, time);
        var running = load.RunAsync(stopping.Token);
        try
        {
            do
            {
                yield return new SseItem<object>(load.Report(), "progress");
                await Task.WhenAny(running, Task.Delay(ReportInterval, time, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
            }
            while (!running.IsCompleted);

            if (running.IsFaulted)
                await running;
            var report = load.Report();
            var result = new BenchResult(startedAt, request, report.Requests, running.IsCanceled, report.ElapsedMs, report.PerSecond, report.Levels);
            await history.TryAddAsync(result);
            yield return new SseItem<object>(result, "result");
        }
        finally
        {
            await stopping.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await load.RemoveAsync();
        }
    }
}
