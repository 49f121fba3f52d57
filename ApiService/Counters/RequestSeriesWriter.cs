using RedisAspire.ApiService.Storage;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Counters;

/// <summary>Sends the numbers of requests to Redis every second.</summary>
internal sealed class RequestSeriesWriter(RequestSeries series, TimeProvider time, RedisTopology topology, ILogger<RequestSeriesWriter> logger)
    : RedisWorker("Counting requests", topology, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override Task WaitAsync(CancellationToken cancellationToken) => Task.Delay(Interval, time, cancellationToken);

    protected override Task WorkAsync(CancellationToken cancellationToken) => series.SendAsync(cancellationToken);
}
