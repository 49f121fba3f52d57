using System.Globalization;
using Microsoft.Extensions.Options;
using RedisAspire.ApiService.Storage;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Queue;

/// <summary>The queue's consumer group, which is made when a command finds that there is none: at first, and after Redis has lost its data.</summary>
internal sealed class ConsumerGroup(ApplicationStore store, IOptions<QueueOptions> options)
{
    // In one step, so that no consumer is removed that has just been given a job, which would be lost with it. One that
    // is here is made anew: not every version of Redis takes a look for jobs that found none as a sign of life.
    private const string CheckIn =
        """
        for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
          local name, pending, idle = consumer[2], consumer[4], consumer[6]
          if pending == 0 and (name == ARGV[2] or idle > tonumber(ARGV[3])) then redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], name) end
        end
        if ARGV[4] == 'stays' then redis.call('XGROUP', 'CREATECONSUMER', KEYS[1], ARGV[1], ARGV[2]) end
        return redis.status_reply('OK')
        """;

    /// <summary>Sends a command about the group.</summary>
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

    /// <summary>Says that a consumer is here, or that it leaves; removes those that have no jobs and have not been here for long.</summary>
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
            // From the beginning: jobs may have been queued before.
            await store.WriteAsync(database => database.StreamCreateConsumerGroupAsync(QueueNames.Jobs, QueueNames.Group, StreamPosition.Beginning), cancellationToken);
        }
        catch (RedisServerException failure) when (failure.Message.Contains("BUSYGROUP", StringComparison.Ordinal))
        {
            // Another instance was quicker.
        }
    }
}

/// <summary>
/// What the queue's keys in Redis are called. Instances of different versions share them while an upgrade is under way:
/// jobs of a form that earlier versions cannot read need another name, or those put them aside.
/// </summary>
internal static class QueueNames
{
    /// <summary>The stream of jobs that are not done: whoever has done one removes it.</summary>
    public static readonly RedisKey Jobs = "app:queue:jobs";

    /// <summary>The stream of jobs that were put aside.</summary>
    public static readonly RedisKey Dead = "app:queue:dead";

    /// <summary>A hash with the numbers of jobs that were processed, retried and put aside.</summary>
    public static readonly RedisKey Totals = "app:queue:totals";

    /// <summary>The consumer group; every instance is a consumer in it.</summary>
    public const string Group = "warmers";
}

/// <summary>Finds out how the queue is doing.</summary>
internal sealed class QueueState(ApplicationStore store, ConsumerGroup group, RedisTopology topology)
{
    public async Task<QueueResponse> GetAsync(CancellationToken cancellationToken)
    {
        var consumers = Array.ConvertAll(
            await group.ExecuteAsync(database => database.StreamConsumerInfoAsync(QueueNames.Jobs, QueueNames.Group), cancellationToken),
            consumer => new ConsumerResponse(consumer.Name, consumer.PendingMessageCount, consumer.IdleTimeInMilliseconds));
        var (jobs, dead, totals) = await store.WriteAsync(
            async database =>
            {
                var jobs = database.StreamLengthAsync(QueueNames.Jobs);
                var dead = database.StreamLengthAsync(QueueNames.Dead);
                var totals = database.HashGetAsync(QueueNames.Totals, ["processed", "retried"]);
                return (await jobs, await dead, await totals);
            },
            cancellationToken);
        return new QueueResponse(
            topology.Snapshot.Master, jobs, consumers.Sum(consumer => consumer.Pending), Number(totals[0]), Number(totals[1]), dead, consumers);
    }

    private static long Number(RedisValue total) => long.TryParse((string?)total, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
