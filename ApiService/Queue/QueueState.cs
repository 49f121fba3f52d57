using System.Globalization;
using RedisAspire.ApiService.Storage;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Queue;

/// <summary>Finds out how the queue is doing.</summary>
internal sealed class QueueState(ApplicationStore store, ConsumerGroup group, RedisTopology topology)
{
    public async Task<QueueResponse> GetAsync(CancellationToken cancellationToken)
    {
        var consumers = Array.ConvertAll(
            StreamReply.Items(await group.ExecuteAsync("XINFO", ["CONSUMERS", QueueNames.Jobs, QueueNames.Group], cancellationToken)),
            consumer => Describe(StreamReply.Fields(consumer)));
        var (jobs, dead, totals) = await store.WriteAsync(
            async database =>
            {
                var jobs = database.ExecuteAsync("XLEN", QueueNames.Jobs);
                var dead = database.ExecuteAsync("XLEN", QueueNames.Dead);
                var totals = database.HashGetAllAsync(QueueNames.Totals);
                return ((long)await jobs, (long)await dead, (await totals).ToDictionary(total => total.Name.ToString(), total => (string?)total.Value, StringComparer.Ordinal));
            },
            cancellationToken);
        return new QueueResponse(
            topology.Snapshot.Master, jobs, consumers.Sum(consumer => consumer.Pending), Number(totals, "processed"), Number(totals, "retried"), dead, consumers);
    }

    private static ConsumerResponse Describe(IReadOnlyDictionary<string, string?> consumer) =>
        new(consumer.GetValueOrDefault("name") ?? "", Number(consumer, "pending"), Number(consumer, "idle"));

    private static long Number(IReadOnlyDictionary<string, string?> fields, string name) =>
        long.TryParse(fields.GetValueOrDefault(name), CultureInfo.InvariantCulture, out var number) ? number : 0;
}
