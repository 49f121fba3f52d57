namespace RedisAspire.Caching.Topology;

/// <summary>An operation needs a Redis node that is not there now.</summary>
public sealed class RedisUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RedisUnavailableException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which node is missing.</param>
    public RedisUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which node is missing.</param>
    /// <param name="innerException">What the client said.</param>
    public RedisUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
