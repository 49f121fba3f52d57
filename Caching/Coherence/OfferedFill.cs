using System.Collections.Concurrent;

namespace RedisAspire.Caching.Coherence;

/// <summary>What is being filled under a lease, for those who ask this process for it.</summary>
internal sealed class OfferedFill : IDisposable
{
    // Longer than it takes to notice that no node is left.
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource<byte[]?> _entry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _lease;
    private readonly ConcurrentDictionary<string, OfferedFill> _offered;
    private readonly TimeProvider _time;

    /// <summary>Offers it.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="offered">Where those who ask find it.</param>
    /// <param name="time">The clock.</param>
    public OfferedFill(string lease, ConcurrentDictionary<string, OfferedFill> offered, TimeProvider time)
    {
        _lease = lease;
        _offered = offered;
        _time = time;
        offered[lease] = this;
    }

    /// <summary>Completes with the entry, or with nothing when it is not to be had.</summary>
    public Task<byte[]?> Entry => _entry.Task;

    /// <summary>Hands the entry to those who have asked, and to those who ask within a moment.</summary>
    public void Give(byte[] payload) => _entry.TrySetResult(payload);

    public void Dispose()
    {
        if (_entry.TrySetResult(null))
            _offered.TryRemove(_lease, out _);
        else
            _ = RemoveLaterAsync();
    }

    private async Task RemoveLaterAsync()
    {
        await Task.Delay(Kept, _time).ConfigureAwait(false);
        _offered.TryRemove(_lease, out _);
    }
}
