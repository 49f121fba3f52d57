using System.Diagnostics.Metrics;
using RedisAspire.Caching;
using RedisAspire.Caching.Telemetry;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Bench;

/// <summary>
/// A cache like that of everybody else, on the same nodes, for one run of the bench: what the bench asks for is in nobody's
/// figures, and what it keeps in the process takes nobody's place.
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
        // What is given here is not disposed of with the rest.
        services.AddSingleton(topology);
        services.AddSingleton(time);
        services.AddSingleton(loggers);
        services.AddSingleton<IMeterFactory, UnheardMeters>();
        services.Configure<ReplicatedCacheOptions>(configuration.GetSection("Cache"));
        services.AddReplicatedCache();
        _services = services.BuildServiceProvider();
        Cache = _services.GetRequiredService<ReplicatedCache>();
    }

    /// <summary>The cache.</summary>
    public ReplicatedCache Cache { get; }

    /// <summary>Waits until values stay in the process, where there is a node that can tell of changes.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var statistics = _services.GetRequiredService<CacheStatistics>();
        var started = _time.GetTimestamp();
        while (!statistics.IsNearCacheOn && _topology.Snapshot.ReadNode is not null && _time.GetElapsedTime(started) < LongestWait)
            await Task.Delay(Pause, _time, cancellationToken);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    // What a run has measured is in its result, and in no metric: nobody listens to a meter of this name.
    private sealed class UnheardMeters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new("Bench");

        public void Dispose()
        {
            // Whoever has a meter disposes of it.
        }
    }
}
