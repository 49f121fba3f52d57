namespace RedisAspire.Caching.Near;

/// <summary>The fills in flight of one key that no invalidation has come between. Guarded by the lock of their generation.</summary>
internal sealed class FillGroup
{
    /// <summary>How many they are.</summary>
    public int InFlight { get; set; }

    /// <summary>Whether the key was invalidated: none of them may be stored any more.</summary>
    public bool IsVoid { get; set; }
}
