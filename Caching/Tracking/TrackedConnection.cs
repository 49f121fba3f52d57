using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace RedisAspire.Caching.Tracking;

/// <summary>
/// A connection to one node for cached reads. The node remembers what was read here and tells when it changes; that
/// and the replies come in the order in which they happened. A lost connection is made anew in the background.
/// </summary>
internal sealed partial class TrackedConnection(
    TrackedConnectionOptions options, ITrackingSink sink, TimeProvider time, ILogger<TrackedConnection> logger) : IAsyncDisposable
{
    private const int RememberedReasons = 16;

    private readonly CancellationTokenSource _stopping = new();
    private readonly ReconnectDelay _delay = new(options.ReconnectDelay, options.MaximumReconnectDelay);
    private readonly TrackedRequestPool _requests = new();
    private readonly HashSet<string> _loggedReasons = new(StringComparer.Ordinal);
    private volatile TrackedLink? _link;
    private Task? _run;

    /// <summary>Whether reads are possible, and the node tells when what was read changes.</summary>
    public bool IsTracking => _link is { IsOpen: true };

    /// <summary>Begins to connect, in the background and until the connection is disposed.</summary>
    public void Start()
    {
        if (_run is not null)
            return;

        // What flows with the caller, such as its activity, is not ours for all time.
        using (ExecutionContext.SuppressFlow())
            _run = Task.Run(() => RunAsync(_stopping.Token));
    }

    /// <summary>
    /// Reads a key with its time to live. Never waits for a connection. The reply is completed in its turn among the
    /// invalidations, but the caller goes on elsewhere: what it does with the value may come after a later invalidation.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="withOffset">Whether to ask for the node's role and replication offset as well.</param>
    /// <param name="cancellationToken">Ends the wait of the caller.</param>
    /// <exception cref="TrackedConnectionLostException">The connection is not armed, or was lost meanwhile.</exception>
    /// <exception cref="RespErrorException">The node answered with an error.</exception>
    /// <exception cref="TimeoutException">The node did not answer in time.</exception>
    public ValueTask<TrackedReply> GetAsync(string key, bool withOffset, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<TrackedReply>(cancellationToken);
        return _link is { } link
            ? link.GetAsync(key, withOffset, cancellationToken)
            : ValueTask.FromException<TrackedReply>(new TrackedConnectionLostException(options.Node, reason: null));
    }

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
            await RunArmedAsync(stream, input, stopping).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // Whatever it is, a sink that fails included: the cache lives on without, and it is tried again.
            if (!stopping.IsCancellationRequested)
                LogOnce(failure is OperationCanceledException ? $"It did not answer in {options.ConnectTimeout.TotalMilliseconds} ms." : failure.Message);
        }
    }

    private async Task<(Stream Stream, RespInput Input)> OpenAsync(CancellationToken stopping)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        return await TrackedHandshake.OpenAsync(options, TrackedHandshake.RunAsync, either.Token).ConfigureAwait(false);
    }

    private async Task RunArmedAsync(Stream stream, RespInput input, CancellationToken stopping)
    {
        using var link = new TrackedLink(stream, input, options, _requests, time);
        using var stop = stopping.UnsafeRegister(static link => ((TrackedLink)link!).Close(reason: null), link);
        var armed = time.GetTimestamp();
        // Before the sink knows, so that reads are possible as soon as it does.
        _link = link;
        try
        {
            sink.OnArmed();
            LogArmed(options.Node);
            _loggedReasons.Clear();
            await link.RunAsync(sink).ConfigureAwait(false);
        }
        finally
        {
            _link = null;
            sink.OnLost();
        }

        if (link.Reason is { } reason)
            LogLost(options.Node, reason.Message, IsExpected(reason) ? null : reason);
        // A node that loses connections as soon as they are armed gets its pauses all the same.
        if (time.GetElapsedTime(armed) > options.MaximumReconnectDelay)
            _delay.Reset();
    }

    // What nodes and networks do needs no stack trace.
    private static bool IsExpected(Exception reason) => reason is IOException or TimeoutException or RespProtocolException;

    private void LogOnce(string reason)
    {
        if (_loggedReasons.Count < RememberedReasons && _loggedReasons.Add(reason))
            LogCannotArm(options.Node, reason);
    }

    [LoggerMessage(LogLevel.Information, "{Node} tells when cached values change.")]
    private partial void LogArmed(string node);

    [LoggerMessage(LogLevel.Warning, "{Node} tells no more when cached values change: {Reason} It is tried again.")]
    private partial void LogLost(string node, string reason, Exception? failure);

    [LoggerMessage(LogLevel.Warning, "{Node} cannot be asked to tell when cached values change: {Reason} It is tried again.")]
    private partial void LogCannotArm(string node, string reason);
}

/// <summary>The connection to the node is not armed, or was lost before the reply came.</summary>
internal sealed class TrackedConnectionLostException(string node, Exception? reason)
    : RedisException($"The tracked connection to {node} is not up{(reason is null ? "." : ": " + reason.Message)}", reason!);

/// <summary>What a node answered to a read.</summary>
/// <param name="Value">The value; <see langword="null"/> when the key is missing.</param>
/// <param name="TimeToLive">How long the key remained; <see langword="null"/> when it never expires or is missing.</param>
/// <param name="Offset">
/// The node's replication offset shortly before the read, if asked for; <see langword="null"/> when a replica is not in touch with its master.
/// </param>
/// <param name="IsMaster">Whether the node is a master, if asked for.</param>
internal readonly record struct TrackedReply(byte[]? Value, TimeSpan? TimeToLive, long? Offset, bool? IsMaster);

/// <summary>
/// Hears what a <see cref="TrackedConnection"/> learns about keys, one call at a time and in the order in which the
/// node said it. Calls come from the loop that reads the socket, so they must be quick.
/// </summary>
internal interface ITrackingSink
{
    /// <summary>From now on the node tells when a key that was read changes.</summary>
    void OnArmed();

    /// <summary>A key changed, expired or was removed.</summary>
    /// <param name="key">The key's bytes; valid during the call only.</param>
    void OnInvalidated(ReadOnlySpan<byte> key);

    /// <summary>Any key may have changed: the node was flushed or took a new data set.</summary>
    void OnAllInvalidated();

    /// <summary>The node tells no more. Called exactly once after each <see cref="OnArmed"/>; no earlier read succeeds after it.</summary>
    void OnLost();
}

/// <summary>The pauses between attempts to connect: they double, and are spread so that clients do not come back all at once.</summary>
internal sealed class ReconnectDelay(TimeSpan first, TimeSpan maximum)
{
    private int _doublings;

    public TimeSpan Next()
    {
        var pause = first * Math.Pow(2, _doublings);
        if (pause < maximum)
            _doublings++;
        else
            pause = maximum;
        return pause * (0.75 + (Random.Shared.NextDouble() / 4));
    }

    /// <summary>Begins with the shortest pause again.</summary>
    public void Reset() => _doublings = 0;
}
