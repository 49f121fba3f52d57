namespace RedisAspire.CoherenceWorker;

/// <summary>The last events of a key.</summary>
internal sealed class KeyHistory
{
    private const int Kept = 48;

    private readonly Lock _lock = new();
    private readonly Queue<KeyEvent> _events = new();
    private KeyEvent? _last;

    public void Add(KeyEvent happened)
    {
        lock (_lock)
        {
            // Hundreds of equal reads would leave no room for what happened before.
            if (happened.Level is "Near" or "" && _last is { Level: not null } && (_last.Value, _last.Floor) == (happened.Value, happened.Floor))
            {
                _last.Repeats++;
                return;
            }

            if (_events.Count == Kept)
                _events.Dequeue();
            _events.Enqueue(_last = happened);
        }
    }

    public KeyEvent[] ToArray()
    {
        lock (_lock)
            return [.. _events];
    }
}
