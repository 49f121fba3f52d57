namespace RedisAspire.ApiService.Storage;

/// <summary>Repeats work in Redis. A failure is logged once, the work is retried, and its recovery is logged: its name is the subject of the sentences.</summary>
internal abstract partial class RedisWorker(string work, ILogger logger) : BackgroundService
{
    protected abstract Task WaitAsync(CancellationToken cancellationToken);

    protected abstract Task WorkAsync(CancellationToken cancellationToken);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isFailing = false;
        while (true)
        {
            await WaitAsync(stoppingToken);
            try
            {
                await WorkAsync(stoppingToken);
                if (isFailing)
                    LogRecovered(logger, work);
                isFailing = false;
            }
            // No failure may end the service.
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

    [LoggerMessage(LogLevel.Warning, "{Work} failed and will be retried until it succeeds.")]
    private static partial void LogFailing(ILogger logger, string work, Exception failure);

    [LoggerMessage(LogLevel.Information, "{Work} has recovered.")]
    private static partial void LogRecovered(ILogger logger, string work);
}
