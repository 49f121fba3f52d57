using System.Text.Json;
using Microsoft.Extensions.Options;
using RedisAspire.ApiService.Storage;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Queue;

/// <summary>
/// A queue of jobs: a stream with a consumer group. Redis remembers to whom a job was given until it is acknowledged;
/// one that is not can be taken over by another consumer. A job may so be done more than once, but is never lost.
/// </summary>
internal sealed class JobQueue(ApplicationStore store, ConsumerGroup group, IOptions<QueueOptions> options) : IDisposable
{
    private const string Enqueue =
        """
        if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return false end
        return redis.call('XADD', KEYS[1], '*', 'keys', ARGV[2])
        """;

    // Who finds that it was acknowledged already, because somebody took it over, counts nothing.
    private const string Complete =
        """
        if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
        redis.call('XDEL', KEYS[1], ARGV[2])
        return redis.call('HINCRBY', KEYS[2], 'processed', 1)
        """;

    private const string Bury =
        """
        local entry = redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2])[1]
        if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 or not entry then return 0 end
        redis.call('XDEL', KEYS[1], ARGV[2])
        redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[3], '*', 'keys', entry[2][2], 'job', ARGV[2], 'deliveries', ARGV[4], 'reason', ARGV[5])
        return redis.call('HINCRBY', KEYS[2], 'dead', 1)
        """;

    private readonly QueueOptions _options = options.Value;
    private readonly SemaphoreSlim _added = new(0);
    private RedisValue _takeOverFrom = StreamPosition.Beginning;

    /// <summary>Adds a job.</summary>
    /// <returns>Its id; <see langword="null"/> when the queue is full.</returns>
    public async Task<string?> EnqueueAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var id = await store.WriteAsync(
            database => database.ScriptEvaluateAsync(Enqueue, [QueueNames.Jobs], [_options.MaximumJobs, JsonSerializer.Serialize(keys)]), cancellationToken);
        Wake();
        return (string?)id;
    }

    /// <summary>Wakes who waits for jobs.</summary>
    public void Wake()
    {
        if (_added.CurrentCount == 0)
            _added.Release();
    }

    /// <summary>Waits until this instance has added a job, or others may have.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _added.WaitAsync(_options.PollInterval, cancellationToken);

    /// <summary>Takes jobs that nobody has had yet.</summary>
    // Without BLOCK, which would keep all other commands on the shared connection waiting.
    public async Task<Delivery[]> TakeAsync(string consumer, CancellationToken cancellationToken)
    {
        var entries = await group.ExecuteAsync(
            database => database.StreamReadGroupAsync(QueueNames.Jobs, QueueNames.Group, consumer, StreamPosition.NewMessages, _options.JobsAtOnce), cancellationToken);
        return Array.ConvertAll(entries, entry => new Delivery(entry.Id.ToString(), ReadKeys(entry), Number: 1));
    }

    /// <summary>Takes jobs over that were given to somebody who has not done them.</summary>
    public async Task<Delivery[]> TakeOverAsync(string consumer, CancellationToken cancellationToken)
    {
        var claimed = await group.ExecuteAsync(
            database => database.StreamAutoClaimAsync(
                QueueNames.Jobs, QueueNames.Group, consumer, (long)_options.AbandonedAfter.TotalMilliseconds, _takeOverFrom, _options.JobsAtOnce),
            cancellationToken);
        // It looks at some jobs at a time: next time it goes on from there.
        _takeOverFrom = claimed.NextStartId;
        // Before version 7 Redis also gives those that somebody has removed.
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
        // None when it was acknowledged meanwhile.
        return [.. entries.Zip(deliveries, (entry, pending) => new Delivery(entry.Id.ToString(), ReadKeys(entry), pending is [var found] ? found.DeliveryCount : 1))];
    }

    /// <summary>Acknowledges a job that is done, and removes it.</summary>
    public Task CompleteAsync(Delivery job, CancellationToken cancellationToken) => store.WriteAsync(
        database => database.ScriptEvaluateAsync(Complete, [QueueNames.Jobs, QueueNames.Totals], [QueueNames.Group, job.Id]), cancellationToken);

    /// <summary>Puts a job aside that will not be done.</summary>
    public Task BuryAsync(Delivery job, string reason, CancellationToken cancellationToken) => store.WriteAsync(
        database => database.ScriptEvaluateAsync(
            Bury, [QueueNames.Jobs, QueueNames.Totals, QueueNames.Dead], [QueueNames.Group, job.Id, _options.MaximumDead, job.Number, reason]),
        cancellationToken);

    public void Dispose() => _added.Dispose();

    /// <summary>The keys in an entry.</summary>
    /// <returns><see langword="null"/> when they are none that a job could have been queued with.</returns>
    internal static string[]? ReadKeys(StreamEntry entry)
    {
        try
        {
            var keys = (string?)entry["keys"] is { } json ? JsonSerializer.Deserialize<string[]>(json) : null;
            return keys is not null && WarmingRules.Check(keys) is null ? keys : null;
        }
        // Text that is no Unicode is met only when it is read.
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
