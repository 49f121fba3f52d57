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
    private string _takeOverFrom = "0-0";

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
        var reply = await group.ExecuteAsync(
            "XREADGROUP", ["GROUP", QueueNames.Group, consumer, "COUNT", _options.JobsAtOnce, "STREAMS", QueueNames.Jobs, ">"], cancellationToken);
        return StreamReply.Items(reply) is [var stream] && StreamReply.Items(stream) is [_, var entries]
            ? [.. StreamReply.Entries(entries).Select(entry => new Delivery(entry.Id, ReadKeys(entry), Number: 1))]
            : [];
    }

    /// <summary>Takes jobs over that were given to somebody who has not done them.</summary>
    public async Task<Delivery[]> TakeOverAsync(string consumer, CancellationToken cancellationToken)
    {
        var reply = StreamReply.Items(await group.ExecuteAsync(
            "XAUTOCLAIM",
            [QueueNames.Jobs, QueueNames.Group, consumer, (long)_options.AbandonedAfter.TotalMilliseconds, _takeOverFrom, "COUNT", _options.JobsAtOnce],
            cancellationToken));
        // It looks at some jobs at a time: next time it goes on from there.
        _takeOverFrom = (string)reply[0]!;
        var entries = StreamReply.Entries(reply[1]).ToArray();
        if (entries.Length == 0)
            return [];

        var deliveries = await store.WriteAsync(
            async database =>
            {
                var counting = database.HashIncrementAsync(QueueNames.Totals, "retried", entries.Length);
                var pending = await Task.WhenAll(entries.Select(entry => database.ExecuteAsync("XPENDING", QueueNames.Jobs, QueueNames.Group, entry.Id, entry.Id, 1)));
                await counting;
                return pending;
            },
            cancellationToken);
        return [.. entries.Zip(deliveries, (entry, pending) => new Delivery(entry.Id, ReadKeys(entry), NumberIn(pending)))];
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
    /// <returns><see langword="null"/> when it was not made by <see cref="EnqueueAsync"/>.</returns>
    internal static string[]? ReadKeys(StreamItem entry)
    {
        try
        {
            var keys = entry.Fields.GetValueOrDefault("keys") is { } json ? JsonSerializer.Deserialize<string[]>(json) : null;
            return keys is not null && Array.TrueForAll(keys, key => !string.IsNullOrEmpty(key)) ? keys : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Id, consumer, idle time, number; nothing when it was acknowledged meanwhile.
    private static long NumberIn(RedisResult pending) =>
        StreamReply.Items(pending) is [var entry] && StreamReply.Items(entry) is [_, _, _, var number] ? (long)number : 1;
}
