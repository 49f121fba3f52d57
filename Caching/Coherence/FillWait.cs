namespace RedisAspire.Caching.Coherence;

/// <summary>The wait of this process for another one to fill a key. It ends once, with whichever comes first.</summary>
/// <param name="key">The key.</param>
internal sealed class FillWait(string key)
{
    private readonly TaskCompletionSource<byte[]?> _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isWatched;

    public string Key => key;

    /// <summary>
    /// Completes with the entry when the one who fills the key has handed it over, and with <see langword="null"/> when
    /// the fill has ended in any other way, or may have.
    /// </summary>
    public Task<byte[]?> News => _news.Task;

    /// <summary>Whether a removal that voids the fill would end the wait: only then what is handed over can be trusted.</summary>
    public bool IsWatched
    {
        get => _isWatched;
        set => _isWatched = value;
    }

    public void End(byte[]? handedOver = null) => _news.TrySetResult(handedOver);
}
