using System.Net.Sockets;
using StackExchange.Redis;

namespace RedisAspire.Topology;

/// <summary>Distinguishes failures of Redis from others.</summary>
public static class RedisErrors
{
    /// <summary>Whether Redis, or the way to it, is the reason for a failure.</summary>
    /// <param name="failure">The exception that was thrown.</param>
    /// <param name="cancellationToken">
    /// The caller's own token. The client cancels commands by itself as well, when a connection is lost between choosing it
    /// and writing to it.
    /// </param>
    public static bool IsFailure(Exception failure, CancellationToken cancellationToken) => failure switch
    {
        RedisException or RedisCommandException or RedisUnavailableException or RedisTimeoutException => true,
        // Of waiting for a command. An exception derived from it is somebody else's, such as that of a slow source.
        TimeoutException => failure.GetType() == typeof(TimeoutException),
        // From the client's socket: it passes that on when a connection is lost twice.
        IOException or SocketException => true,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        // A scan of the client throws the failure of a page that it had asked for ahead in this form.
        AggregateException { InnerException: { } cause } => IsFailure(cause, cancellationToken),
        _ => false,
    };

    /// <summary>What went wrong, in a few words.</summary>
    // Messages of StackExchange.Redis go on for lines with its internal state.
    internal static string Describe(Exception failure) => failure switch
    {
        TimeoutException or OperationCanceledException => "does not answer",
        RedisConnectionException { InnerException: { } cause } => Describe(cause),
        // "No connection is available …; SocketClosed on 127.0.0.1:6379/Interactive, …": the reason comes second.
        RedisConnectionException when failure.Message.Split(';', 2) is [_, var reason] => reason.Split(['/', ',', '\n'], 2)[0].Trim(),
        _ => failure.Message.Split(['\n', ';'], 2)[0].Trim().TrimEnd('.'),
    };

    /// <summary>Waits for the reply of a node or sentinel, and reports every failure of Redis in the same way.</summary>
    /// <exception cref="RedisUnavailableException">It did not answer, or with an error, which is the inner exception.</exception>
    internal static async Task<T> AskAsync<T>(string asked, string command, Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (IsFailure(failure, cancellationToken))
        {
            throw new RedisUnavailableException($"{asked} did not do {command}: {Describe(failure)}.", failure);
        }
    }
}

/// <summary>An operation needs a Redis node that is not there now.</summary>
/// <param name="message">Which node is missing.</param>
/// <param name="innerException">The client's exception.</param>
public sealed class RedisUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
