namespace RedisAspire.RedisProcesses;

/// <summary>A process cannot be started; the message says why.</summary>
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
