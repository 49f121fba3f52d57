namespace RedisAspire.Caching;

/// <summary>The source took longer than it may. Redis has nothing to do with it.</summary>
public sealed class SourceTimeoutException : TimeoutException
{
    /// <summary>Creates the exception.</summary>
    public SourceTimeoutException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What took how long.</param>
    public SourceTimeoutException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What took how long.</param>
    /// <param name="innerException">What ended the wait.</param>
    public SourceTimeoutException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
