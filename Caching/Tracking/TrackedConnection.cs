using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace RedisAspire.Caching.Tracking;

/// <summary>
/// A connection to one node for cached reads. The node remembers the keys that were read here and pushes an invalidation
/// when one changes; pushes and replies arrive in the order in which they happened. A lost connection is reconnected in
/// the background.
/// </summary>
internal sealed partial class TrackedConnection(
    TrackedConnectionOptions options, ITrackingSink sink, TimeProvider time, ILogger<TrackedConnection> logger) : IAsyncDisposable
{
    private const int MaximumLoggedReasons = 16;

    private readonly CancellationTokenSource _stopping = new();
    private readonly ReconnectDelay _delay = new(options.ReconnectDelay, options.MaximumReconnectDelay);
    private readonly TrackedRequestPool _requests = new();
    private readonly HashSet<string> _loggedReasons = new(StringComparer.Ordinal);
    private volatile TrackedLink? _link;
    private Task? _run;

    /// <summary>Whether reads are possible and the node pushes invalidations.</summary>
    public bool IsTracking => _link is { IsOpen: true };

    /// <summary>Starts to connect, and to reconnect, in the background until the connection is disposed.</summary>
    public void Start()
    {
        if (_run is not null)
            return;

        // The caller's execution context (such as its activity) must not flow into a loop that outlives the call.
        using (ExecutionContext.SuppressFlow())
            _run = Task.Run(() => RunAsync(_stopping.Token));
    }

    /// <summary>
    /// Reads a key. Never waits for a connection. The reply is completed in order with the
    /// invalidations, but the caller continues on another thread, possibly after a later invalidation.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="withTimeToLive">Whether to read the key's time to live as well.</param>
    /// <param name="neededOffset">
    /// The replication offset that the caller needs the node to have reached, so that the reply shows how far it is;
    /// <see langword="null"/> when every reply counts.
    /// </param>
    /// <param name="cancellationToken">Ends the wait of the caller.</param>
    /// <exception cref="TrackedConnectionLostException">The connection is not tracking, or was lost meanwhile.</exception>
    /// <exception cref="RespErrorException">The node answered with an error.</exception>
    /// <exception cref="TimeoutException">The node did not answer in time.</exception>
    public ValueTask<TrackedReply> GetAsync(string key, bool withTimeToLive, long? neededOffset, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<TrackedReply>(cancellationToken);
        return _link is { } link
            ? link.GetAsync(key, withTimeToLive, neededOffset, cancellationToken)
            : ValueTask.FromException<TrackedReply>(new TrackedConnectionLostException(options.Node, reason: null));
    }

    /// <summary>
    /// Forgets the replication offset that the node has shown, if it is above a limit: offsets of another master, or of one
    /// that counts anew, are not comparable with it.
    /// </summary>
    /// <param name="above">The limit; -1 to forget every offset.</param>
    public void ForgetOffset(long above) => _link?.ForgetOffset(above);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_run is not null)
            await _run.ConfigureAwait(false);
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(stopping).ConfigureAwait(false);
                await Task.Delay(_delay.Next(), time, stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task RunOnceAsync(CancellationToken stopping)
    {
        try
        {
            var (stream, input) = await OpenAsync(stopping).ConfigureAwait(false);
            await RunLinkAsync(stream, input, stopping).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // Any failure, one of the sink included, only costs the near cache; the loop reconnects.
            if (!stopping.IsCancellationRequested)
                LogOnce(failure is OperationCanceledException ? $"The node did not answer within {options.ConnectTimeout.TotalMilliseconds} ms." : failure.Message);
        }
    }

    private async Task<(Stream Stream, RespInput Input)> OpenAsync(CancellationToken stopping)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        return await TrackedHandshake.OpenAsync(options, either.Token).ConfigureAwait(false);
    }

    private async Task RunLinkAsync(Stream stream, RespInput input, CancellationToken stopping)
    {
        using var link = new TrackedLink(stream, input, options, _requests, time);
        using var stop = stopping.UnsafeRegister(static link => ((TrackedLink)link!).Close(reason: null), link);
        var startedAt = time.GetTimestamp();
        // Set before the sink is called, so that reads are possible as soon as it knows.
        _link = link;
        try
        {
            sink.OnTrackingStarted();
            LogTracking(options.Node);
            _loggedReasons.Clear();
            await link.RunAsync(sink).ConfigureAwait(false);
        }
        finally
        {
            _link = null;
            sink.OnTrackingLost();
        }

        if (link.Reason is { } reason)
            LogLost(options.Node, reason.Message, IsExpected(reason) ? null : reason);
        // The delay keeps growing for a node that drops every connection right after the handshake.
        if (time.GetElapsedTime(startedAt) > options.MaximumReconnectDelay)
            _delay.Reset();
    }

    // Failures of nodes and networks are logged without a stack trace.
    private static bool IsExpected(Exception reason) => reason is IOException or TimeoutException or RespProtocolException;

    private void LogOnce(string reason)
    {
        if (_loggedReasons.Count < MaximumLoggedReasons && _loggedReasons.Add(reason))
            LogConnectFailed(options.Node, reason);
    }

    [LoggerMessage(LogLevel.Information, "Tracking is on: {Node} pushes invalidations of cached keys.")]
    private partial void LogTracking(string node);

    [LoggerMessage(LogLevel.Warning, "The tracked connection to {Node} was lost: {Reason} The near cache is off until it is reconnected.")]
    private partial void LogLost(string node, string reason, Exception? failure);

    [LoggerMessage(LogLevel.Warning, "The tracked connection to {Node} could not be established: {Reason} The near cache is off; retrying.")]
    private partial void LogConnectFailed(string node, string reason);
}

/// <summary>The connection to the node is not tracking, or was lost before the reply arrived.</summary>
internal sealed class TrackedConnectionLostException(string node, Exception? reason)
    : RedisException($"The tracked connection to {node} is not available{(reason is null ? "." : ": " + reason.Message)}", reason!);

/// <summary>The reply of a node to a read.</summary>
/// <param name="Value">The value; <see langword="null"/> when the key is missing.</param>
/// <param name="TimeToLive">The remaining time to live of the key, if requested; <see langword="null"/> when it never expires or is missing.</param>
/// <param name="Offset">
/// The highest replication offset that the node has shown before the read, if an offset was needed; <see langword="null"/>
/// when it has shown none.
/// </param>
/// <param name="IsMaster">Whether the node is a master, if it was asked for its offset along with this read.</param>
internal readonly record struct TrackedReply(byte[]? Value, TimeSpan? TimeToLive, long? Offset, bool? IsMaster);

/// <summary>
/// Receives the invalidations of a <see cref="TrackedConnection"/>, one call at a time and in the order in which the
/// node sent them. The loop that reads the socket makes the calls, so they must be quick.
/// </summary>
internal interface ITrackingSink
{
    /// <summary>Tracking has started: from now on the node pushes an invalidation when a key that was read changes.</summary>
    void OnTrackingStarted();

    /// <summary>A key was changed, expired or was removed.</summary>
    /// <param name="key">The key's bytes; valid during the call only.</param>
    void OnInvalidated(ReadOnlySpan<byte> key);

    /// <summary>Any key may have changed: the node was flushed or loaded a new data set.</summary>
    void OnAllInvalidated();

    /// <summary>Tracking has ended. Called exactly once after each <see cref="OnTrackingStarted"/>; no earlier read succeeds after it.</summary>
    void OnTrackingLost();
}

/// <summary>The delays between attempts to connect: they double, with jitter so that clients do not reconnect all at once.</summary>
internal sealed class ReconnectDelay(TimeSpan first, TimeSpan maximum)
{
    private int _doublings;

    public TimeSpan Next()
    {
        var delay = first * Math.Pow(2, _doublings);
        if (delay < maximum)
            _doublings++;
        else
            delay = maximum;
        return delay * (0.75 + (Random.Shared.NextDouble() / 4));
    }

    /// <summary>Starts with the shortest delay again.</summary>
    public void Reset() => _doublings = 0;
}
