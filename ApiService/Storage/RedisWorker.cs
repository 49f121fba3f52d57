using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Storage;

/// <summary>
/// Does something in Redis again and again. While Redis is away it says so once, keeps trying, and says when it goes on.
/// </summary>
/// <param name="work">What it does, as the beginning of a sentence.</param>
/// <param name="topology">Knows whether the nodes have been looked at.</param>
/// <param name="logger">Where it says so.</param>
internal abstract partial class RedisWorker(string work, RedisTopology topology, ILogger logger) : BackgroundService
{
    /// <summary>Waits until there is something to do.</summary>
    protected abstract Task WaitAsync(CancellationToken cancellationToken);

    /// <summary>Does it.</summary>
    protected abstract Task WorkAsync(CancellationToken cancellationToken);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await topology.Ready.WaitAsync(stoppingToken);
        var isFailing = false;
        while (true)
        {
            await WaitAsync(stoppingToken);
            try
            {
                await WorkAsync(stoppingToken);
                if (isFailing)
                    LogGoesOn(logger, work);
                isFailing = false;
            }
            // Whatever it is, it must not end the service.
            catch (Exception failure)
            {
                if (stoppingToken.IsCancellationRequested)
                    return;
                if (!isFailing)
                    LogFailing(logger, work, failure);
                isFailing = true;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Work} failed and is tried again until it succeeds.")]
    private static partial void LogFailing(ILogger logger, string work, Exception failure);

    [LoggerMessage(LogLevel.Information, "{Work} goes on.")]
    private static partial void LogGoesOn(ILogger logger, string work);
}
