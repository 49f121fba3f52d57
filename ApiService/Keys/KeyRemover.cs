using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace RedisAspire.ApiService.Keys;

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
        var scan = new KeyScan(database, pattern, type, position: null, options, time);
        var keysOnNode = await scan.CountAllAsync(cancellationToken);
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
