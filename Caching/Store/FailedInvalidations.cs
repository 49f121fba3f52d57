using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RedisAspire.Caching.Near;

namespace RedisAspire.Caching.Store;

/// <summary>
/// Keys whose write or removal has failed, so that Redis may have an outdated value. They are not read from Redis until
/// they have been removed there; the key of a tag is not read until the stamp of the removal has been written.
/// </summary>
internal sealed partial class FailedInvalidations(RedisStore store, ILogger logger)
{
    private const int Maximum = 10_000;
    private const int Batch = 500;

    // The value is the new stamp when the key is that of a tag: deleting the key would not repeat the removal of the tag.
    private readonly ConcurrentDictionary<string, byte[]?> _keys = new(StringComparer.Ordinal);
    private int _isRetrying;
    private bool _isOverflowLogged;

    public bool IsEmpty => _keys.IsEmpty;

    public bool Contains(string key) => !_keys.IsEmpty && _keys.ContainsKey(key);

    /// <summary>Remembers a key. More than a limited number would take too much memory.</summary>
    /// <returns>Whether there was room for it. Otherwise every entry has to be removed instead.</returns>
    public bool TryAdd(string key, byte[]? stamp)
    {
        if (_keys.Count < Maximum || _keys.ContainsKey(key) || key == InternalKeys.EveryTag)
        {
            _keys[key] = stamp;
            return true;
        }

        if (!_isOverflowLogged)
            LogOverflow(Maximum);
        _isOverflowLogged = true;
        return false;
    }

    /// <summary>Forgets a key that has been written or removed since. When a tag was removed again meanwhile, its newer stamp stays.</summary>
    public void Forget(string key, byte[]? stamp)
    {
        if (!_keys.IsEmpty)
            _keys.TryRemove(KeyValuePair.Create(key, stamp));
    }

    /// <summary>Retries the removals, batch by batch while the master answers.</summary>
    /// <param name="written">Called for every removed key and every written stamp.</param>
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

    [LoggerMessage(LogLevel.Warning, "Invalidations of more than {Maximum} keys failed. Every entry is removed as soon as a master answers. Values of IDistributedCache may be outdated until they expire.")]
    private partial void LogOverflow(int maximum);
}
