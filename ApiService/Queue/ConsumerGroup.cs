namespace RedisAspire.ApiService.Queue;

/// <summary>The queue's consumer group. It is created when a command finds that it is missing: at first, and after Redis has lost its data.</summary>
internal sealed class ConsumerGroup(ApplicationStore store, IOptions<QueueOptions> options)
{
    private static readonly string CheckIn = EmbeddedScript.Read("CheckIn.lua");

    public async Task<T> ExecuteAsync<T>(Func<IDatabase, Task<T>> command, CancellationToken cancellationToken)
    {
        try
        {
            return await store.WriteAsync(command, cancellationToken);
        }
        catch (RedisServerException failure) when (IsMissing(failure))
        {
            await CreateAsync(cancellationToken);
            return await store.WriteAsync(command, cancellationToken);
        }
    }

    public Task CheckInAsync(string consumer, bool stays, CancellationToken cancellationToken) => store.WriteAsync(
        database => database.ScriptEvaluateAsync(
            CheckIn, [QueueNames.Jobs], [QueueNames.Group, consumer, (long)options.Value.ForgetConsumersAfter.TotalMilliseconds, stays ? "stays" : "leaves"]),
        cancellationToken);

    private static bool IsMissing(RedisServerException failure) =>
        failure.Message.Contains("NOGROUP", StringComparison.Ordinal) || failure.Message.Contains("no such key", StringComparison.Ordinal);

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The group starts at the beginning: jobs may have been queued before.
            await store.WriteAsync(database => database.StreamCreateConsumerGroupAsync(QueueNames.Jobs, QueueNames.Group, StreamPosition.Beginning), cancellationToken);
        }
        catch (RedisServerException failure) when (failure.Message.Contains("BUSYGROUP", StringComparison.Ordinal))
        {
            // Another instance has created it meanwhile.
        }
    }
}

/// <summary>
/// The names of the queue's keys in Redis. Instances of different versions share them during an upgrade: jobs in a format
/// that earlier versions cannot read need another name, or earlier versions put them aside.
/// </summary>
internal static class QueueNames
{
    /// <summary>The stream of jobs that are not done. A consumer removes a job that it has done.</summary>
    public static readonly RedisKey Jobs = "app:queue:jobs";

    /// <summary>The stream of jobs that were put aside.</summary>
    public static readonly RedisKey Dead = "app:queue:dead";

    /// <summary>A hash with the numbers of jobs that were processed, retried and put aside.</summary>
    public static readonly RedisKey Totals = "app:queue:totals";

    /// <summary>The consumer group; every instance is a consumer in it.</summary>
    public const string Group = "warmers";
}
