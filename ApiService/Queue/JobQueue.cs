using System.Text.Json;
using RedisAspire.ApiService.Data;

namespace RedisAspire.ApiService.Queue;

/// <summary>
/// A queue of jobs: a stream with a consumer group. Redis keeps which consumer has a job until the job is acknowledged;
/// another consumer can take over a job that is not. A job may be done more than once, but is never lost.
/// </summary>
internal sealed class JobQueue(ApplicationStore store, ConsumerGroup group, RedisTopology topology, IOptions<QueueOptions> options) : IDisposable
{
    private static readonly string Enqueue = EmbeddedScript.Read("EnqueueJob.lua");
    private static readonly string Complete = EmbeddedScript.Read("CompleteJob.lua");
    private static readonly string Bury = EmbeddedScript.Read("BuryJob.lua");

    private readonly QueueOptions _options = options.Value;
    private readonly SemaphoreSlim _added = new(0);
    private RedisValue _takeOverFrom = StreamPosition.Beginning;

    /// <summary>Adds a job; <see langword="null"/> when the queue is full.</summary>
    public async Task<string?> EnqueueAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var id = await store.WriteAsync(
            database => database.ScriptEvaluateAsync(Enqueue, [QueueNames.Jobs], [_options.MaximumJobs, JsonSerializer.Serialize(keys)]), cancellationToken);
        Wake();
        return (string?)id;
    }

    public void Wake()
    {
        if (_added.CurrentCount == 0)
            _added.Release();
    }

    /// <summary>Waits until this instance adds a job, or until it is time to poll.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _added.WaitAsync(_options.PollInterval, cancellationToken);

    // The command does not BLOCK, because all other commands on the shared connection would wait.
    public async Task<Delivery[]> TakeAsync(string consumer, CancellationToken cancellationToken)
    {
        var entries = await group.ExecuteAsync(
            database => database.StreamReadGroupAsync(QueueNames.Jobs, QueueNames.Group, consumer, StreamPosition.NewMessages, _options.JobsAtOnce), cancellationToken);
        return Array.ConvertAll(entries, entry => new Delivery(entry.Id.ToString(), ReadKeys(entry), Number: 1));
    }

    /// <summary>Takes over jobs that another consumer has not finished.</summary>
    public async Task<Delivery[]> TakeOverAsync(string consumer, CancellationToken cancellationToken)
    {
        var claimed = await group.ExecuteAsync(
            database => database.StreamAutoClaimAsync(
                QueueNames.Jobs, QueueNames.Group, consumer, (long)_options.AbandonedAfter.TotalMilliseconds, _takeOverFrom, _options.JobsAtOnce),
            cancellationToken);
        // The command scans some jobs at a time; the next call continues from there.
        _takeOverFrom = claimed.NextStartId;
        // Redis before version 7 also returns entries that were removed.
        var entries = Array.FindAll(claimed.ClaimedEntries, entry => !entry.IsNull);
        if (entries.Length == 0)
            return [];

        var deliveries = await store.WriteAsync(
            async database =>
            {
                var counting = database.HashIncrementAsync(QueueNames.Totals, "retried", entries.Length);
                var pending = await Task.WhenAll(entries.Select(entry =>
                    database.StreamPendingMessagesAsync(QueueNames.Jobs, QueueNames.Group, count: 1, consumerName: RedisValue.Null, entry.Id, entry.Id)));
                await counting;
                return pending;
            },
            cancellationToken);
        // There is no pending entry when the job was acknowledged meanwhile.
        return [.. entries.Zip(deliveries, (entry, pending) => new Delivery(entry.Id.ToString(), ReadKeys(entry), pending is [var found] ? found.DeliveryCount : 1))];
    }

    public Task CompleteAsync(Delivery job, CancellationToken cancellationToken) => store.WriteAsync(
        database => database.ScriptEvaluateAsync(Complete, [QueueNames.Jobs, QueueNames.Totals], [QueueNames.Group, job.Id]), cancellationToken);

    public Task BuryAsync(Delivery job, string reason, CancellationToken cancellationToken) => store.WriteAsync(
        database => database.ScriptEvaluateAsync(
            Bury, [QueueNames.Jobs, QueueNames.Totals, QueueNames.Dead], [QueueNames.Group, job.Id, _options.MaximumDead, job.Number, reason]),
        cancellationToken);

    public async Task<QueueResponse> GetStateAsync(CancellationToken cancellationToken)
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

    public void Dispose() => _added.Dispose();

    /// <summary>The keys in an entry; <see langword="null"/> when it is no valid job.</summary>
    internal static string[]? ReadKeys(StreamEntry entry)
    {
        var keys = (string?)entry["keys"] is { } json ? SharedJson.TryRead(() => JsonSerializer.Deserialize<string[]>(json)) : null;
        return keys is not null && WarmingRules.Check(keys) is null ? keys : null;
    }

    private static long Number(RedisValue total) => long.TryParse((string?)total, CultureInfo.InvariantCulture, out var number) ? number : 0;
}

/// <summary>A job that was delivered to a consumer, which must acknowledge it: without keys when the entry is no job, and with the number of the delivery.</summary>
internal sealed record Delivery(string Id, IReadOnlyList<string>? Keys, long Number);

/// <summary>How jobs are queued and done (<c>Queue</c> in the configuration).</summary>
internal sealed class QueueOptions
{
    /// <summary>How often an idle instance polls for jobs that others have queued; its own jobs wake it at once. One second by default.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often an instance takes over abandoned jobs, and registers as a consumer. Five seconds by default.</summary>
    public TimeSpan TakeOverInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a job may take; one that takes longer has failed. 45 seconds by default.</summary>
    public TimeSpan JobTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>
    /// When an unacknowledged job counts as abandoned, because it failed or its consumer stopped, and any instance may take
    /// it over. Longer than <see cref="JobTimeout"/>. One minute by default.
    /// </summary>
    public TimeSpan AbandonedAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>When an idle consumer without jobs is removed. Ten minutes by default.</summary>
    public TimeSpan ForgetConsumersAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a job is delivered before it is put aside. Three times by default.</summary>
    public int MaximumDeliveries { get; set; } = 3;

    /// <summary>How many jobs may be in the queue; more are refused. 1,000 by default.</summary>
    public int MaximumJobs { get; set; } = 1_000;

    /// <summary>About how many dead jobs are kept; the oldest ones are dropped. 1,000 by default.</summary>
    public int MaximumDead { get; set; } = 1_000;

    /// <summary>How many jobs an instance does at once. Four by default.</summary>
    public int JobsAtOnce { get; set; } = 4;

    /// <summary>How many keys of a job are warmed at once. 16 by default.</summary>
    public int KeysAtOnce { get; set; } = 16;

    public bool IsValid =>
        PollInterval > TimeSpan.Zero && TakeOverInterval > TimeSpan.Zero && JobTimeout > TimeSpan.Zero
        && AbandonedAfter > JobTimeout && ForgetConsumersAfter > TakeOverInterval
        && MaximumDeliveries > 0 && MaximumJobs > 0 && MaximumDead > 0 && JobsAtOnce > 0 && KeysAtOnce > 0;
}

/// <summary>The rules for the keys of a job.</summary>
internal static class WarmingRules
{
    public const int MaximumKeysOfVisitors = 10;

    private const int MaximumKeys = 100;
    private const int MaximumCharacters = 8192;

    /// <summary>The error in the keys of a job; <see langword="null"/> when they are valid.</summary>
    public static string? Check(IReadOnlyList<string> keys)
    {
        if (keys.Count is 0 or > MaximumKeys)
            return $"A job has 1 to {MaximumKeys} keys; this one has {keys.Count}.";
        if (keys.Any(key => key is null))
            return "A key is a text.";
        if (keys.Sum(key => key.Length) > MaximumCharacters)
            return $"The keys of a job have together at most {MaximumCharacters} characters.";
        return keys.Select(DataKey.Check).FirstOrDefault(error => error is not null);
    }
}
