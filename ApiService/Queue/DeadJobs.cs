namespace RedisAspire.ApiService.Queue;

/// <summary>The jobs that were put aside, in a bounded stream of their own.</summary>
internal sealed class DeadJobs(ApplicationStore store, JobQueue queue, IOptions<QueueOptions> options)
{
    private const int BatchSize = 20;

    private static readonly string Revive = EmbeddedScript.Read("ReviveJobs.lua");

    public async Task<DeadJobsResponse> GetAsync(int limit, string? before, CancellationToken cancellationToken)
    {
        // One more than the page has shows whether there are more.
        var (entries, node) = await store.ReadAsync(
            database => database.StreamRangeAsync(QueueNames.Dead, maxId: before is null ? "+" : $"({before}", count: limit + 1, messageOrder: Order.Descending), cancellationToken);
        var items = entries.Take(limit).Select(Describe).ToArray();
        return new DeadJobsResponse(node, items, entries.Length > limit ? items[^1].Id : null);
    }

    /// <summary>Puts all of them back into the queue, as far as there is room, as new jobs.</summary>
    public async Task<long> RetryAsync(CancellationToken cancellationToken)
    {
        // Jobs that fail again meanwhile are not put back again.
        if (await store.WriteAsync(database => database.StreamRangeAsync(QueueNames.Dead, count: 1, messageOrder: Order.Descending), cancellationToken) is not [var youngest])
            return 0;

        var total = 0L;
        long revived;
        do
        {
            revived = (long)await store.WriteAsync(
                database => database.ScriptEvaluateAsync(Revive, [QueueNames.Dead, QueueNames.Jobs], [youngest.Id, BatchSize, options.Value.MaximumJobs]), cancellationToken);
            total += revived;
        }
        while (revived == BatchSize);

        queue.Wake();
        return total;
    }

    public Task ClearAsync(CancellationToken cancellationToken) =>
        store.WriteAsync(database => database.KeyDeleteAsync(QueueNames.Dead), cancellationToken);

    private static DeadJobResponse Describe(StreamEntry entry) => new(
        entry.Id.ToString(),
        entry["job"],
        JobQueue.ReadKeys(entry) ?? [],
        entry["deliveries"].TryParse(out long deliveries) ? deliveries : 0,
        entry["reason"],
        TimeIn(entry.Id.ToString()));

    // Another client may have added the entry with any id, also one that is no time.
    private static DateTimeOffset TimeIn(string id) =>
        long.TryParse(id.Split('-')[0], CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : DateTimeOffset.UnixEpoch;
}
