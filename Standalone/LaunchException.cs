namespace RedisAspire.Standalone;

/// <summary>The application cannot be started; the message says why and what to do.</summary>
internal sealed class LaunchException : Exception
{
    public LaunchException()
    {
    }

    public LaunchException(string message)
        : base(message)
    {
    }

    public LaunchException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
