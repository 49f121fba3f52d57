using RedisAspire.ApiService.Data;

namespace RedisAspire.ApiService.Queue;

/// <summary>This instance as a consumer of the queue. Jobs that it has not finished when it stops stay pending, and another instance takes them over.</summary>
internal sealed partial class QueueWorker(
    JobQueue queue, ConsumerGroup group, DataService data, ServiceInstance instance, IOptions<QueueOptions> options, TimeProvider time, ILogger<QueueWorker> logger)
    : RedisWorker("The queue worker", logger)
{
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(1);

    private readonly QueueOptions _options = options.Value;
    private long? _tookOverAt;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await group.CheckInAsync(instance.Name, stays: false, cancellationToken).WaitAsync(LeaveTimeout, cancellationToken);
        }
        catch (Exception failure)
        {
            // Other instances remove the consumer after a while.
            LogNotLeft(failure);
        }
    }

    protected override Task WaitAsync(CancellationToken cancellationToken) => queue.WaitAsync(cancellationToken);

    protected override async Task WorkAsync(CancellationToken cancellationToken)
    {
        Delivery[] jobs;
        while ((jobs = await NextAsync(cancellationToken)).Length > 0)
            await Task.WhenAll(jobs.Select(job => DoAsync(job, cancellationToken)));
    }

    private async Task<Delivery[]> NextAsync(CancellationToken cancellationToken)
    {
        if (_tookOverAt is null || time.GetElapsedTime(_tookOverAt.Value) >= _options.TakeOverInterval)
        {
            var abandoned = await queue.TakeOverAsync(instance.Name, cancellationToken);
            if (abandoned.Length > 0)
                return abandoned;
            await group.CheckInAsync(instance.Name, stays: true, cancellationToken);
            _tookOverAt = time.GetTimestamp();
        }

        return await queue.TakeAsync(instance.Name, cancellationToken);
    }

    private async Task DoAsync(Delivery job, CancellationToken cancellationToken)
    {
        if (await TryWarmAsync(job, cancellationToken) is not { } reason)
            await queue.CompleteAsync(job, cancellationToken);
        else if (job.Keys is null || job.Number >= _options.MaximumDeliveries)
            await queue.BuryAsync(job, reason, cancellationToken);
        else
            LogFailed(job.Id, job.Number, reason);
    }

    // Returns the reason of a failure; null when the job is done.
    private async Task<string?> TryWarmAsync(Delivery job, CancellationToken cancellationToken)
    {
        if (job.Keys is null)
            return "The entry is no job: it has no list of keys.";
        if (job.Number > _options.MaximumDeliveries)
            return $"The job was delivered {_options.MaximumDeliveries} times, and no consumer finished it.";

        using var deadline = new CancellationTokenSource(_options.JobTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            // The cache is warmed: keys are read before they are requested, so that no request has to wait for the database.
            await Parallel.ForEachAsync(
                job.Keys,
                new ParallelOptions { MaxDegreeOfParallelism = _options.KeysAtOnce, CancellationToken = either.Token },
                async (key, token) => await data.ReadAsync(key, options: null, token));
            return null;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return $"The job took longer than {_options.JobTimeout.TotalSeconds:0.#} s.";
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            return failure.Message;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Job {Job} failed at delivery {Number} and will be retried. {Reason}")]
    private partial void LogFailed(string job, long number, string reason);

    [LoggerMessage(LogLevel.Debug, "The consumer of this instance could not be removed from the queue. Other instances remove it after a while.")]
    private partial void LogNotLeft(Exception failure);
}
