namespace RedisAspire.ApiService.Storage;

/// <summary>Wakes a background service when there is something to do. Signalling takes no lock and, most times, only a read.</summary>
internal sealed class WakeUp : IDisposable
{
    private readonly SemaphoreSlim _signals = new(0);
    private int _isSet;

    public void Set()
    {
        if (Volatile.Read(ref _isSet) == 0 && Interlocked.Exchange(ref _isSet, 1) == 0)
            _signals.Release();
    }

    /// <summary>Waits for a signal. Those that come before <see cref="Reset"/> belong to it.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _signals.WaitAsync(cancellationToken);

    /// <summary>Begins the work: whatever is signalled from here on wakes the service once more.</summary>
    public void Reset() => Interlocked.Exchange(ref _isSet, 0);

    public void Dispose() => _signals.Dispose();
}
