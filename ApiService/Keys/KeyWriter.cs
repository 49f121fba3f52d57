using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace RedisAspire.ApiService.Keys;

/// <summary>Changes one key on the master, and answers it as it is now, if there is one. Redis invalidates it in the near caches that have it.</summary>
internal sealed class KeyWriter(KeyNodes nodes, KeyInspector inspector, IOptions<KeyOptions> options)
{
    public Task<KeyResponse?> ExpireAsync(byte[] key, long seconds, CancellationToken cancellationToken) =>
        ChangeAsync(key, database => database.KeyExpireAsync(key, TimeSpan.FromSeconds(seconds)), cancellationToken);

    public Task<KeyResponse?> PersistAsync(byte[] key, CancellationToken cancellationToken) =>
        ChangeAsync(key, database => database.KeyPersistAsync(key), cancellationToken);

    public async Task<bool> DeleteAsync(byte[] key, CancellationToken cancellationToken) =>
        await nodes.Master.Database.KeyDeleteAsync(key).WaitAsync(options.Value.OperationTimeout, cancellationToken);

    private async Task<KeyResponse?> ChangeAsync(byte[] key, Func<IDatabase, Task<bool>> change, CancellationToken cancellationToken)
    {
        var database = nodes.Master.Database;
        await change(database).WaitAsync(options.Value.OperationTimeout, cancellationToken);
        return await inspector.InspectAsync(database, [key], cancellationToken) is [var changed] ? changed : null;
    }
}

/// <summary>Deletes keys by a pattern in small batches, so that other commands never wait long.</summary>
internal sealed class KeyRemover(ReservedKeys reserved, IOptions<KeyOptions> options, TimeProvider time)
{
    // A batch is half a millisecond of work while Redis shrinks its tables after many deletions, and less otherwise.
    private const int BatchSize = 200;

    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Deletes the keys while the events are enumerated: <c>progress</c> at the beginning and from time to time, and <c>result</c> at the end.</summary>
    public async IAsyncEnumerable<SseItem<object>> RemoveAsync(
        IDatabase database, KeyPattern pattern, string? type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var keysOnNode = await database.Server().DatabaseSizeAsync(database.Database).WaitAsync(options.Value.OperationTimeout, cancellationToken);
        var scan = new KeyScan(database, pattern, type, position: null, options, time);
        var (deleted, spared) = (0L, 0L);

        yield return Report("progress");
        var reported = time.GetTimestamp();
        while (!scan.IsComplete)
        {
            var found = await scan.NextAsync(KeyScan.MaximumCount, cancellationToken);
            var keys = Array.FindAll(found, key => !reserved.Spares(key, pattern));
            spared += found.Length - keys.Length;
            foreach (var batch in keys.Chunk(BatchSize))
                deleted += await database.KeyDeleteAsync(Array.ConvertAll(batch, key => (RedisKey)key)).WaitAsync(options.Value.OperationTimeout, cancellationToken);

            if (time.GetElapsedTime(reported) < ReportInterval)
                continue;
            yield return Report("progress");
            reported = time.GetTimestamp();
        }

        yield return Report("result");

        SseItem<object> Report(string eventType) =>
            new(new DeletedKeysResponse(deleted, spared, Math.Min(scan.Scanned, keysOnNode), keysOnNode, (long)time.GetElapsedTime(started).TotalMilliseconds), eventType);
    }
}
