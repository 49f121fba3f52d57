using System.Globalization;
using RedisAspire.ApiService.Storage;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Queue;

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
