namespace RedisAspire.Caching;

/// <summary>
/// Keeps warnings that would occur at every look-up from filling the log: each warning about each key is logged at most
/// once a minute. When too many keys are remembered, warnings about further keys are dropped for a minute.
/// </summary>
internal sealed class WarningLimiter(TimeProvider time)
{
    /// <summary>The maximum number of remembered warnings.</summary>
    public const int Maximum = 1_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Warning, string Key), long> _loggedAt = [];
    // The time of the oldest remembered warning, or earlier.
    private long _oldest;

    /// <summary>Whether a warning must be logged now.</summary>
    /// <param name="warning">The name of the warning.</param>
    /// <param name="key">The key or the node that it is about.</param>
    public bool IsDue(string warning, string key)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var isRemembered = _loggedAt.TryGetValue((warning, key), out var last);
            if (isRemembered ? time.GetElapsedTime(last, now) < Pause : !HasRoom(now))
                return false;
            _loggedAt[(warning, key)] = now;
            return true;
        }
    }

    private bool HasRoom(long now)
    {
        if (_loggedAt.Count < Maximum)
            return true;
        if (time.GetElapsedTime(_oldest, now) < Pause)
            return false;

        _oldest = now;
        foreach (var (warning, at) in _loggedAt)
        {
            if (time.GetElapsedTime(at, now) >= Pause)
                _loggedAt.Remove(warning);
            else
                _oldest = Math.Min(_oldest, at);
        }

        return _loggedAt.Count < Maximum;
    }
}
