using System.Diagnostics.Metrics;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using RedisAspire.ApiService.Data;
using RedisAspire.Caching;
using RedisAspire.Caching.Telemetry;

namespace RedisAspire.ApiService.Bench;

/// <summary>Runs the benchmark in this process, with a cache of its own on the nodes that serve other requests meanwhile.</summary>
internal sealed class BenchRunner(
    RedisTopology topology, IConfiguration configuration, DataService data, BenchHistory history, IOptions<BenchOptions> options, IHostApplicationLifetime lifetime, TimeProvider time,
    ILoggerFactory loggers)
{
    private const int LongestLevels = 10;

    private static readonly string[] Levels = [BenchRequest.Near, BenchRequest.Redis, BenchRequest.Source];

    private static readonly TimeSpan LevelDuration = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(250);

    public OneAtATime Turns { get; } = new();

    public async IAsyncEnumerable<SseItem<object>> RunAsync(
        BenchRequest request, IDisposable turn, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var holding = turn;
        using var deadline = new CancellationTokenSource(options.Value.MaximumDuration, time);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, lifetime.ApplicationStopping, cancellationToken);
        var startedAt = time.GetUtcNow();
        await using var cache = new BenchCache(topology, configuration, time, loggers);
        await cache.WaitForNearCacheAsync(stopping.Token);
        // Each level is measured for the same time, so that the rates can be compared.
        var duration = new[] { LevelDuration, options.Value.MaximumDuration / LongestLevels }.Min();
        BenchLoad[] loads = request.Level == BenchRequest.Each
            ? Array.ConvertAll(Levels, level => new BenchLoad(request with { Level = level, ReadPercent = 100 }, cache.Cache, data, time, duration))
            : [new BenchLoad(request, cache.Cache, data, time)];
        var running = RunAsync(loads, stopping.Token);
        try
        {
            do
            {
                yield return new SseItem<object>(Report(loads), "progress");
                await Task.WhenAny(running, Task.Delay(ReportInterval, time, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
            }
            while (!running.IsCompleted);

            if (running.IsFaulted)
                await running;
            var report = Report(loads);
            var result = new BenchResult(startedAt, request, report.Requests, running.IsCanceled, report.ElapsedMs, report.PerSecond, report.Levels);
            await history.TryAddAsync(result);
            yield return new SseItem<object>(result, "result");
        }
        finally
        {
            await stopping.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var load in loads)
                await load.RemoveAsync();
        }
    }

    private static async Task RunAsync(BenchLoad[] loads, CancellationToken stopping)
    {
        foreach (var load in loads)
            await load.RunAsync(stopping);
    }

    private static BenchProgress Report(BenchLoad[] loads)
    {
        if (loads is [var only])
            return only.Report();

        var reports = Array.ConvertAll(loads, load => load.Report());
        var current = Array.Find(reports, report => report.Done < 1) ?? reports[^1];
        var (requests, elapsed) = (reports.Sum(report => report.Requests), reports.Sum(report => report.ElapsedMs));
        // A read that another level has answered, while a replica was catching up, is not compared.
        var levels = loads.Zip(reports).SelectMany(load => load.Second.Levels.Where(level => level.Level == load.First.Level));
        return new BenchProgress(current.Phase, requests, reports.Average(report => report.Done), Math.Round(elapsed, 3), elapsed > 0 ? Math.Round(requests / elapsed * 1000, 1) : 0, [.. levels]);
    }
}

/// <summary>Limits of the benchmark (<c>Bench</c> in the configuration).</summary>
internal sealed class BenchOptions
{
    /// <summary>The longest duration of a run. A run that is stopped then returns what it has measured. 30 seconds by default.</summary>
    public TimeSpan MaximumDuration { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>
/// A second cache on the same nodes for one run of the benchmark. Its look-ups do not count in the statistics, and its
/// values displace none in the near cache of the application.
/// </summary>
internal sealed class BenchCache : IAsyncDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly ServiceProvider _services;
    private readonly RedisTopology _topology;
    private readonly TimeProvider _time;

    public BenchCache(RedisTopology topology, IConfiguration configuration, TimeProvider time, ILoggerFactory loggers)
    {
        _topology = topology;
        _time = time;
        var services = new ServiceCollection();
        // The provider does not dispose of instances that it did not create.
        services.AddSingleton(topology);
        services.AddSingleton(time);
        services.AddSingleton(loggers);
        services.AddSingleton<IMeterFactory, UnexportedMeters>();
        services.Configure<ReplicatedCacheOptions>(configuration.GetSection("Cache"));
        services.AddReplicatedCache();
        _services = services.BuildServiceProvider();
        // The cache connects as soon as it is there.
        Cache = _services.GetRequiredService<ReplicatedCache>();
    }

    public ReplicatedCache Cache { get; }

    /// <summary>Waits until the near cache is on, if there is a node that can track keys.</summary>
    public async Task WaitForNearCacheAsync(CancellationToken cancellationToken)
    {
        var statistics = _services.GetRequiredService<CacheStatistics>();
        var started = _time.GetTimestamp();
        while (!statistics.IsNearCacheOn && _topology.Snapshot.ReadNode is not null && _time.GetElapsedTime(started) < LongestWait)
            await Task.Delay(Pause, _time, cancellationToken);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    // The measurements of a run are in its result. This meter has a name to which no exporter listens.
    private sealed class UnexportedMeters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new("Bench");

        public void Dispose()
        {
            // The owner of a meter disposes of it.
        }
    }
}

/// <summary>The last runs, of all instances, in Redis.</summary>
internal sealed partial class BenchHistory(RedisMaster master, ILogger<BenchHistory> logger)
{
    public const int Length = 20;

    private const string Key = "app:bench:runs";
    private const int Version = 1;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <summary>Stores a run. When Redis fails, only a warning is logged: the run itself succeeded.</summary>
    public Task TryAddAsync(BenchResult run) => BestEffort.TryAsync(
        () =>
        {
            var transaction = master.Database.CreateTransaction();
            _ = transaction.ListLeftPushAsync(Key, SharedJson.Write(Version, run));
            _ = transaction.ListTrimAsync(Key, 0, Length - 1);
            return transaction.ExecuteAsync().WaitAsync(Timeout);
        },
        LogNotKept, CancellationToken.None);

    /// <summary>The last runs, the latest first.</summary>
    public async Task<BenchResult[]> ReadAsync(CancellationToken cancellationToken)
    {
        var runs = await master.Database.ListRangeAsync(Key, 0, Length - 1).WaitAsync(Timeout, cancellationToken);
        // Runs that another version of the API has stored are skipped.
        return [.. runs.Select(run => SharedJson.TryRead<BenchResult>(Version, run)).OfType<BenchResult>()];
    }

    [LoggerMessage(LogLevel.Warning, "The result of the benchmark run could not be stored in Redis. It is missing in the list of runs.")]
    private partial void LogNotKept(Exception failure);
}
