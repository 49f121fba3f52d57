using System.Collections.Concurrent;

namespace RedisAspire.Caching.Coherence;

/// <summary>
/// What the process that was seen to fill a key may hand over. To whoever saw its lease stand the value is as good as one
/// that they had asked for themselves then.
/// </summary>
internal sealed class AwaitedFill(ConcurrentDictionary<string, TaskCompletionSource<byte[]>> awaited) : IDisposable
{
    private TaskCompletionSource<byte[]> _payload = Create();

    /// <summary>The lease of the one who fills the key; <see langword="null"/> when nothing is awaited.</summary>
    public string? Holder { get; private set; }

    /// <summary>Completes with the entry when it is handed over.</summary>
    public Task<byte[]> Payload => _payload.Task;

    /// <summary>Awaits it from the holder of a lease, and from nobody else any more.</summary>
    public void From(string? holder)
    {
        if (holder == Holder)
            return;
        Forget();
        Holder = holder;
        if (holder is not null)
            _payload = awaited.GetOrAdd(holder, _payload);
    }

    /// <summary>Asks the holder itself, because no node may be left that passes it on.</summary>
    /// <param name="peers">Knows how.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public void Ask(PeerHandover peers, CancellationToken cancellationToken)
    {
        // For what is awaited now: by the time it comes, that may not be wanted any more.
        if (Holder is not null)
            _ = peers.AskAsync(Holder, _payload, cancellationToken);
    }

    /// <summary>Awaits nothing any more.</summary>
    public void Forget()
    {
        Dispose();
        Holder = null;
        _payload = Create();
    }

    public void Dispose()
    {
        if (Holder is not null)
            awaited.TryRemove(KeyValuePair.Create(Holder, _payload));
    }

    private static TaskCompletionSource<byte[]> Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
