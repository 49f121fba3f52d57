using StackExchange.Redis;

namespace RedisAspire.Caching.Topology;

/// <summary>Tells failures of Redis from others.</summary>
public static class RedisErrors
{
    /// <summary>Whether Redis, or the way to it, is the reason why a command failed.</summary>
    /// <param name="failure">What the command threw.</param>
    /// <param name="cancellationToken">
    /// What the caller could have given it up with. The client gives commands up by itself as well, when a connection is
    /// lost between choosing it and writing to it.
    /// </param>
    public static bool IsFailure(Exception failure, CancellationToken cancellationToken) => failure switch
    {
        RedisException or RedisCommandException or RedisUnavailableException or TimeoutException => true,
        // A connection that has just been replaced, or is just being made.
        InvalidOperationException => true,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => false,
    };

    /// <summary>What went wrong, in a sentence.</summary>
    /// <param name="failure">What the command threw.</param>
    // Messages of StackExchange.Redis go on for lines with its internal state.
    internal static string Describe(Exception failure) => failure.Message.Split(['\n', ';'], 2)[0].Trim().TrimEnd('.');
}
