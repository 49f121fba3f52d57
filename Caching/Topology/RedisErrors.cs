using System.Net.Sockets;
using StackExchange.Redis;

namespace RedisAspire.Caching.Topology;

/// <summary>Tells failures of Redis from others.</summary>
public static class RedisErrors
{
    /// <summary>Whether Redis, or the way to it, is the reason of a failure that may come from anywhere.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="cancellationToken">
    /// What the caller could have given it up with. The client gives commands up by itself as well, when a connection is
    /// lost between choosing it and writing to it.
    /// </param>
    public static bool IsFailure(Exception failure, CancellationToken cancellationToken) => failure switch
    {
        // The source is not Redis, however long it takes.
        SourceTimeoutException => false,
        RedisException or RedisCommandException or RedisUnavailableException or TimeoutException => true,
        // What the client got from its socket: it passes that on when a connection is lost twice.
        IOException or SocketException => true,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        // So the client's scans throw what befell a page that they had asked for ahead.
        AggregateException { InnerException: { } cause } => IsFailure(cause, cancellationToken),
        _ => false,
    };

    /// <summary>
    /// Whether a command has failed, and not only its caller has given it up. For where nothing runs but commands and
    /// what reads their answers: a client whose connection is lost at the wrong moment throws whatever it comes upon.
    /// </summary>
    /// <param name="failure">What the command threw.</param>
    /// <param name="cancellationToken">What the caller could have given it up with.</param>
    public static bool IsFailureOfCommand(Exception failure, CancellationToken cancellationToken) =>
        failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested;

    /// <summary>What went wrong, in a sentence.</summary>
    /// <param name="failure">What the command threw.</param>
    // Messages of StackExchange.Redis go on for lines with its internal state.
    internal static string Describe(Exception failure) => failure.Message.Split(['\n', ';'], 2)[0].Trim().TrimEnd('.');
}
