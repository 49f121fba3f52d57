using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace RedisAspire.Caching.Coherence;

/// <summary>
/// Keys whose write or removal did not reach the master: what Redis holds of them is outdated. They are not read from
/// Redis until they have been removed there.
/// </summary>
internal sealed partial class UnconfirmedRemovals(RedisStore store, ILogger logger)
{
    private const int Maximum = 10_000;
    private const int Batch = 500;

    private readonly ConcurrentDictionary<string, byte> _keys = new(StringComparer.Ordinal);
    private int _isRetrying;
    private bool _isOverflowLogged;

    public bool IsEmpty => _keys.IsEmpty;

    public bool Contains(string key) => !_keys.IsEmpty && _keys.ContainsKey(key);

    public void Add(string key)
    {
        if (_keys.Count < Maximum)
            _keys.TryAdd(key, 0);
        else if (!_isOverflowLogged)
        {
            _isOverflowLogged = true;
            LogOverflow(Maximum);
        }
    }

    /// <summary>The key has been written or removed since.</summary>
    public void Forget(string key)
    {
        if (!_keys.IsEmpty)
            _keys.TryRemove(key, out _);
    }

    /// <summary>Removes the keys again, one batch after another for as long as the master answers.</summary>
    /// <param name="written">Is told of every key that is removed.</param>
    public async Task RetryAsync(Action<string, WriteResult> written)
    {
        if (_keys.IsEmpty || Interlocked.Exchange(ref _isRetrying, 1) == 1)
            return;
        try
        {
            while (_keys.Keys.Take(Batch).ToArray() is { Length: > 0 } keys)
            {
                var result = await store.RemoveAsync(keys, CancellationToken.None).ConfigureAwait(false);
                if (!result.IsReached)
                    return;
                foreach (var key in keys)
                {
                    written(key, result);
                }
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
