namespace RedisAspire.Caching.Tracking;

/// <summary>
/// One socket on which tracking is on. The commands of all callers are sent in batches; one loop dispatches replies and
/// pushes in the order of the stream. A closed link never opens again.
/// </summary>
internal sealed class TrackedLink : IThreadPoolWorkItem, IDisposable
{
    // A delay is the time that queued work takes; the callers may have nothing more to ask.
    private const int MaximumFlushDelays = 8;

    private readonly Lock _gate = new();
    private readonly Queue<TrackedRequest> _pending = new();
    private readonly RespBatch _batch = new();
    private readonly Stream _stream;
    private readonly RespInput _input;
    private readonly TrackedConnectionOptions _options;
    private readonly TrackedRequestPool _pool;
    private readonly ITimer _sweeper;
    private readonly ITimer _watchdog;
    private readonly TimeSpan _tick;
    private readonly long _timeoutTicks;

    private AppliedOffset _applied = new();
    private long _now;
    private long _progressed;
    private int _timeoutsInARow;
    // How many callers have got a reply and not sent another command since: most of them are about to.
    private int _resumed;
    private int _flushDelays;
    private bool _isFlushing;
    private bool _isSweeping;
    private volatile bool _isPinging;
    private volatile bool _hasReceived;
    private volatile bool _isClosed;

    public TrackedLink(Stream stream, RespInput input, TrackedConnectionOptions options, TrackedRequestPool pool, TimeProvider time)
    {
        _stream = stream;
        _input = input;
        _options = options;
        _pool = pool;
        _tick = TimeSpan.FromMilliseconds(Math.Clamp(options.OperationTimeout.TotalMilliseconds / 20, 10, 25));
        // One tick more, because a request may be sent right before a tick.
        _timeoutTicks = (long)Math.Ceiling(options.OperationTimeout / _tick) + 1;
        _progressed = -_timeoutTicks;
        _sweeper = time.CreateTimer(static link => ((TrackedLink)link!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _watchdog = time.CreateTimer(static link => ((TrackedLink)link!).Watch(), this, PingInterval, Timeout.InfiniteTimeSpan);
    }

    public bool IsOpen => !_isClosed;

    /// <summary>The failure that closed the link; <see langword="null"/> when this process closed it on purpose.</summary>
    public Exception? Reason { get; private set; }

    private TimeSpan PingInterval => _options.PingInterval > _options.OperationTimeout ? _options.PingInterval : _options.OperationTimeout;

    public ValueTask<TrackedReply> GetAsync(string key, bool withTimeToLive, long? neededOffset, CancellationToken cancellationToken)
    {
        var request = _pool.Get();
        request.BeginRead(withTimeToLive, neededOffset, cancellationToken);
        var reply = request.Reply;
        Send(request, key);
        return reply;
    }

    /// <summary>Forgets the offset that the node has shown, and that of a reply to come, if it is above a limit.</summary>
    public void ForgetOffset(long above)
    {
        lock (_gate)
        {
            if (above < 0 || _applied.Offset > above)
                _applied = new AppliedOffset();
        }
    }

    /// <summary>Dispatches replies and pushes until the link is closed.</summary>
    public async Task RunAsync(ITrackingSink sink)
    {
        try
        {
            while (!_isClosed)
            {
                while (_input.TryTake(out var frame))
                {
                    if (frame.Kind == RespKind.Push)
                        InvalidationPush.Dispatch(frame, sink);
                    else
                        Reply(frame);
                }

                if (_input.IsInsideBlob)
                    Volatile.Write(ref _progressed, Volatile.Read(ref _now));
                _input.Received(await _input.ReceiveAsync(CancellationToken.None).ConfigureAwait(false));
                _hasReceived = true;
            }
        }
        catch (Exception failure)
        {
            Close(failure);
        }
    }

    /// <summary>Closes the link: pending reads fail, and <see cref="RunAsync"/> ends.</summary>
    public void Close(Exception? reason)
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            Reason = reason;
        }

        _sweeper.Dispose();
        _watchdog.Dispose();
        _stream.Dispose();
        // No other thread touches the queue once the link is closed.
        while (_pending.TryDequeue(out var request))
            FailLost(request);
    }

    public void Dispose() => Close(reason: null);

    /// <summary>
    /// Sends the commands that callers have written meanwhile. Callers that have just got a reply go first, so that their
    /// next commands are sent in the same system call.
    /// </summary>
    void IThreadPoolWorkItem.Execute()
    {
        lock (_gate)
        {
            if (_resumed > 0 && _flushDelays < MaximumFlushDelays)
            {
                _flushDelays++;
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }

            _resumed = _flushDelays = 0;
        }

        _ = FlushAsync();
    }

    private void Send(TrackedRequest request, string key)
    {
        bool isOnly;
        lock (_gate)
        {
            if (_isClosed)
            {
                FailLost(request);
                return;
            }

            request.WriteTo(_batch.Output, key, _applied);
            request.Expires = _now + _timeoutTicks;
            _pending.Enqueue(request);
            if (_resumed > 0)
                _resumed--;
            if (!_isSweeping)
                // The timer is periodic, because the delays of one-shot ticks would add up to a tenth of the time-out.
                _isSweeping = _sweeper.Change(_tick, _tick);
            if (_isFlushing)
                return;
            _isFlushing = true;
            isOnly = _pending.Count == 1;
        }

        // The command of the only caller is sent at once. With several callers the flush is queued, so that the commands
        // that follow are sent with it in one system call.
        if (isOnly)
            _ = FlushAsync();
        else
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private async Task FlushAsync()
    {
        try
        {
            while (TakeBatch(out var commands))
                await _stream.WriteAsync(commands, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            Close(failure);
        }
    }

    private bool TakeBatch(out ReadOnlyMemory<byte> commands)
    {
        lock (_gate)
            return _isFlushing = _batch.TryTake(out commands);
    }

    private void Reply(in RespFrame frame)
    {
        TrackedRequest? request;
        lock (_gate)
        {
            if (_isClosed)
                return;
            if (!_pending.TryPeek(out request))
                throw new RespProtocolException("The node sent a reply without a request.");
            if (!request.Accept(frame))
                return;
            _pending.Dequeue();
            _resumed++;
            if (!request.IsCompleted)
                _timeoutsInARow = 0;
        }

        if (request.IsPing)
            _isPinging = false;
        request.Succeed();
        request.Release();
    }

    // Time is counted in sweeps, so that a pause of this process itself does not count as a time-out of the node.
    private void Sweep()
    {
        var isLost = false;
        lock (_gate)
        {
            if (_isClosed)
                return;
            _now++;
            // While a large value is being received, the replies behind it may be late.
            if (TimeOutPending() && _now - Volatile.Read(ref _progressed) > _timeoutTicks)
                isLost = ++_timeoutsInARow >= _options.MaximumTimeoutsInARow;
            if (_pending.Count == 0)
                _isSweeping = !_sweeper.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        if (isLost)
            Close(new TimeoutException($"The node timed out {_options.MaximumTimeoutsInARow} times in a row."));
    }

    private bool TimeOutPending()
    {
        var isAny = false;
        foreach (var request in _pending)
        {
            if (request.Expires > _now)
                break;
            if (!request.IsCompleted)
                isAny |= request.Fail(new TimeoutException($"{_options.Node} did not reply within {_options.OperationTimeout.TotalMilliseconds} ms."));
        }

        return isAny;
    }

    private void Watch()
    {
        if (_isPinging && !_hasReceived)
        {
            Close(new TimeoutException("The node did not reply to PING."));
            return;
        }

        _hasReceived = false;
        if (!_isPinging)
        {
            _isPinging = true;
            var ping = _pool.Get();
            ping.BeginPing();
            Send(ping, key: "");
        }

        _watchdog.Change(PingInterval, Timeout.InfiniteTimeSpan);
    }

    private void FailLost(TrackedRequest request)
    {
        request.Fail(new TrackedConnectionLostException(_options.Node, Reason));
        request.Release();
    }
}

/// <summary>Dispatches the invalidations that a node pushes.</summary>
internal static class InvalidationPush
{
    /// <summary>Passes the invalidated keys of a push to the sink; other kinds of push are ignored.</summary>
    /// <exception cref="RespProtocolException">The push is an invalidation of unknown form.</exception>
    public static void Dispatch(in RespFrame push, ITrackingSink sink)
    {
        if (push.Items is not [var type, ..] || !type.Bytes.AsSpan().SequenceEqual("invalidate"u8))
            return;

        switch (push.Items)
        {
            case [_, { Kind: RespKind.Null }]:
                sink.OnAllInvalidated();
                break;
            case [_, { Kind: RespKind.Array } keys]:
                foreach (var key in keys.Items)
                    sink.OnInvalidated(Key(key));
                break;
            default:
                throw new RespProtocolException("An invalidation contains no keys.");
        }
    }

    private static byte[] Key(in RespFrame frame) =>
        frame.Kind is RespKind.BlobString or RespKind.SimpleString ? frame.Bytes : throw new RespProtocolException("An invalidated key is not a string.");
}
