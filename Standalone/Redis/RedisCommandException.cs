namespace RedisAspire.Standalone.Redis;

/// <summary>A Redis process refused a command, or could not be asked.</summary>
internal sealed class RedisCommandException : Exception
{
    public RedisCommandException()
    {
    }

    public RedisCommandException(string message)
        : base(message)
    {
    }

    public RedisCommandException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
