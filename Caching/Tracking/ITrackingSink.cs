namespace RedisAspire.Caching.Tracking;

/// <summary>
/// Hears what a <see cref="TrackedConnection"/> learns about keys, one call at a time and in the order in which the
/// node said it. Calls come from the loop that reads the socket, so they must be quick.
/// </summary>
internal interface ITrackingSink
{
    /// <summary>From now on the node tells when a key that was read changes.</summary>
    void OnArmed();

    /// <summary>A key changed, expired or was removed.</summary>
    /// <param name="key">The key's bytes; valid during the call only.</param>
    void OnInvalidated(ReadOnlySpan<byte> key);

    /// <summary>Any key may have changed: the node was flushed or took a new data set.</summary>
    void OnAllInvalidated();

    /// <summary>The node tells no more. Called exactly once after each <see cref="OnArmed"/>; no earlier read succeeds after it.</summary>
    void OnLost();
}
