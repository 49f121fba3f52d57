namespace RedisAspire.Caching;

/// <summary>
/// Keeps what would be warned of at every look-up from filling the log: each warning about each key comes once a minute
/// at most. With very many keys, nothing is said about further ones for as long.
/// </summary>
internal sealed class WarningLimiter(TimeProvider time)
{
    /// <summary>How many warnings are remembered.</summary>
    public const int Maximum = 1_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Warning, string Key), long> _given = [];
    // No warning is older.
    private long _oldest;

    /// <summary>Whether to warn now.</summary>
    /// <param name="warning">What of.</param>
    /// <param name="key">What it concerns.</param>
    public bool IsDue(string warning, string key)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var isKnown = _given.TryGetValue((warning, key), out var last);
            if (isKnown ? time.GetElapsedTime(last, now) < Pause : !HasRoom(now))
                return false;
            _given[(warning, key)] = now;
            return true;
        }
    }

    private bool HasRoom(long now)
    {
        if (_given.Count < Maximum)
            return true;
        if (time.GetElapsedTime(_oldest, now) < Pause)
            return false;

        _oldest = now;
        foreach (var (warning, at) in _given)
        {
            if (time.GetElapsedTime(at, now) >= Pause)
                _given.Remove(warning);
            else
                _oldest = Math.Min(_oldest, at);
        }

        return _given.Count < Maximum;
    }
}
