namespace RedisAspire.ApiService.Cache;

/// <summary>Tells the other instances what this one does, every other second.</summary>
internal sealed class FiguresPublisher(ClusterFigures cluster, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
            await cluster.TryPublishAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
