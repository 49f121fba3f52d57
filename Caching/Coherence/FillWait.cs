namespace RedisAspire.Caching.Coherence;

/// <summary>The wait of this process for another one to fill a key. It ends once.</summary>
/// <param name="key">The key.</param>
internal sealed class FillWait(string key)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isWatched;

    public string Key => key;

    /// <summary>Completes when the fill has ended, or may have.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether the read node tells when the fill is over.</summary>
    public bool IsWatched
    {
        get => _isWatched;
        set => _isWatched = value;
    }

    public void End() => _ended.TrySetResult();
}
