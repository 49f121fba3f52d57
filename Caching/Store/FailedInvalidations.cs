using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RedisAspire.Caching.Near;

namespace RedisAspire.Caching.Store;

/// <summary>
/// Keys whose write or removal did not reach the master: what Redis holds of them is outdated. They are not read from
/// Redis until they have been removed there; the key of a tag, until it has the stamp of the removal.
/// </summary>
internal sealed partial class FailedInvalidations(RedisStore store, ILogger logger)
{
    private const int Maximum = 10_000;
    private const int Batch = 500;

    // With the stamp of each tag. Without its key a tag would be as if it had never been removed.
    private readonly ConcurrentDictionary<string, byte[]?> _keys = new(StringComparer.Ordinal);
    private int _isRetrying;
    private bool _isOverflowLogged;

    public bool IsEmpty => _keys.IsEmpty;

    public bool Contains(string key) => !_keys.IsEmpty && _keys.ContainsKey(key);

    public void Add(string key, byte[]? stamp)
    {
        if (_keys.Count < Maximum || _keys.ContainsKey(key) || key == InternalKeys.EveryTag)
            _keys[key] = stamp;
        else if (!_isOverflowLogged)
        {
            _isOverflowLogged = true;
            LogOverflow(Maximum);
        }
    }

    /// <summary>The key has been written or removed since. A tag that was removed once more meanwhile keeps the stamp of that.</summary>
    public void Forget(string key, byte[]? stamp)
    {
        if (!_keys.IsEmpty)
            _keys.TryRemove(KeyValuePair.Create(key, stamp));
    }

    /// <summary>Removes the keys again, one batch after another for as long as the master answers.</summary>
    /// <param name="written">Is told of every key that is removed, and of every stamp that is written.</param>
    public async Task RetryAsync(Action<string, WriteResult, byte[]?> written)
    {
        if (_keys.IsEmpty || Interlocked.Exchange(ref _isRetrying, 1) == 1)
            return;
        try
        {
            while (_keys.Take(Batch).ToArray() is { Length: > 0 } batch)
            {
                foreach (var (key, stamp) in batch)
                {
                    if (stamp is null)
                        continue;
                    var result = await store.SetStampAsync(key, stamp, CancellationToken.None).ConfigureAwait(false);
                    if (!result.IsReached)
                        return;
                    written(key, result, stamp);
                }

                var keys = batch.Where(entry => entry.Value is null).Select(entry => entry.Key).ToArray();
                if (keys.Length == 0)
                    continue;
                var removal = await store.RemoveAsync(keys, CancellationToken.None).ConfigureAwait(false);
                if (!removal.IsReached)
                    return;
                foreach (var key in keys)
                    written(key, removal, null);
            }

            _isOverflowLogged = false;
        }
        finally
        {
            Volatile.Write(ref _isRetrying, 0);
        }
    }

    [LoggerMessage(LogLevel.Warning, "More than {Maximum} keys could not be removed from Redis: values of further ones may be outdated until they expire.")]
    private partial void LogOverflow(int maximum);
}
