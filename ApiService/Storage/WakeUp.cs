using System.Threading.Channels;

namespace RedisAspire.ApiService.Storage;

/// <summary>Wakes a background service when there is something to do. Signalling takes no lock and, most times, only a read.</summary>
internal sealed class WakeUp
{
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(1);
    private int _isSet;

    /// <summary>Wakes the waiting service, or the next one that waits.</summary>
    public void Set()
    {
        if (Volatile.Read(ref _isSet) == 0 && Interlocked.Exchange(ref _isSet, 1) == 0)
            _signals.Writer.TryWrite(true);
    }

    /// <summary>Waits for a signal, and for a while after it so that more gathers. Signals that come before <see cref="Reset"/> belong to it.</summary>
    public async Task WaitAsync(TimeSpan gathering, TimeProvider time, CancellationToken cancellationToken)
    {
        await _signals.Reader.ReadAsync(cancellationToken);
        await Task.Delay(gathering, time, cancellationToken);
    }

    /// <summary>Begins the work: whatever is signalled from here on wakes the service once more.</summary>
    public void Reset() => Interlocked.Exchange(ref _isSet, 0);
}
