namespace RedisAspire.Caching.Entries;

/// <summary>Stands for <see langword="null"/> where an object is needed.</summary>
internal sealed class NullValue
{
    private NullValue()
    {
    }

    public static NullValue Instance { get; } = new();
}
