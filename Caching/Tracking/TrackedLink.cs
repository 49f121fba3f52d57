namespace RedisAspire.Caching.Tracking;

/// <summary>
/// The armed life of one socket. Commands of all callers go out in batches; replies and pushes are dispatched by one
/// loop, in the order of the stream. Once closed it never opens again.
/// </summary>
internal sealed class TrackedLink : IThreadPoolWorkItem, IDisposable
{
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
    private readonly long _patience;

    private long _now;
    private long _progressed;
    private int _timeoutsInARow;
    private bool _isFlushing;
    private bool _isSweeping;
    private volatile bool _isPinging;
    private volatile bool _wasHeard;
    private volatile bool _isClosed;

    public TrackedLink(Stream stream, RespInput input, TrackedConnectionOptions options, TrackedRequestPool pool, TimeProvider time)
    {
        _stream = stream;
        _input = input;
        _options = options;
        _pool = pool;
        _tick = TimeSpan.FromMilliseconds(Math.Clamp(options.OperationTimeout.TotalMilliseconds / 20, 10, 25));
        // One more, because a request may come right before a tick.
        _patience = (long)Math.Ceiling(options.OperationTimeout / _tick) + 1;
        _progressed = -_patience;
        _sweeper = time.CreateTimer(static link => ((TrackedLink)link!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _watchdog = time.CreateTimer(static link => ((TrackedLink)link!).Watch(), this, PingPause, Timeout.InfiniteTimeSpan);
    }

    public bool IsOpen => !_isClosed;

    /// <summary>Why it was closed; <see langword="null"/> when that was our wish.</summary>
    public Exception? Reason { get; private set; }

    private TimeSpan PingPause => _options.PingInterval > _options.OperationTimeout ? _options.PingInterval : _options.OperationTimeout;

    public ValueTask<TrackedReply> GetAsync(string key, bool withOffset, CancellationToken cancellationToken)
    {
        var request = _pool.Get();
        request.BeginRead(withOffset, cancellationToken);
        var reply = request.Reply;
        Send(request, key);
        return reply;
    }

    /// <summary>Dispatches replies and pushes until the link is closed, by whoever.</summary>
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
                _wasHeard = true;
            }
        }
        catch (Exception failure)
        {
            Close(failure);
        }
    }

    /// <summary>Ends the link: reads that wait fail, and <see cref="RunAsync"/> ends soon.</summary>
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
        // Nobody touches the queue once the link is closed.
        while (_pending.TryDequeue(out var request))
            Lose(request);
    }

    public void Dispose() => Close(reason: null);

    /// <summary>Sends what callers have written since.</summary>
    void IThreadPoolWorkItem.Execute() => _ = FlushAsync();

    private void Send(TrackedRequest request, string key)
    {
        bool isAlone;
        lock (_gate)
        {
            if (_isClosed)
            {
                Lose(request);
                return;
            }

            request.WriteTo(_batch.Output, key);
            request.Expires = _now + _patience;
            _pending.Enqueue(request);
            if (!_isSweeping)
                // With a period: ticks that are each a little late would add up to a tenth of the time-out.
                _isSweeping = _sweeper.Change(_tick, _tick);
            if (_isFlushing)
                return;
            _isFlushing = true;
            isAlone = _pending.Count == 1;
        }

        // A lone caller's command goes out at once; that of one among many waits for the others, which are about to
        // come, because all of them together cost one system call.
        if (isAlone)
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
                throw new RespProtocolException("The node replied to nothing.");
            if (!request.Accept(frame))
                return;
            _pending.Dequeue();
            if (!request.IsSettled)
                _timeoutsInARow = 0;
        }

        if (request.IsPing)
            _isPinging = false;
        request.Succeed();
        request.Release();
    }

    // Time is counted in sweeps: when this process itself was held up, the node is not to blame.
    private void Sweep()
    {
        var isLost = false;
        lock (_gate)
        {
            if (_isClosed)
                return;
            _now++;
            // While a large value is coming in, those behind it may be late.
            if (TimeOutPending() && _now - Volatile.Read(ref _progressed) > _patience)
                isLost = ++_timeoutsInARow >= _options.MaximumTimeoutsInARow;
            if (_pending.Count == 0)
                _isSweeping = !_sweeper.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        if (isLost)
            Close(new TimeoutException($"It did not reply {_options.MaximumTimeoutsInARow} times in a row."));
    }

    private bool TimeOutPending()
    {
        var isAny = false;
        foreach (var request in _pending)
        {
            if (request.Expires > _now)
                break;
            if (!request.IsSettled)
                isAny |= request.Fail(new TimeoutException($"{_options.Node} did not reply in {_options.OperationTimeout.TotalMilliseconds} ms."));
        }

        return isAny;
    }

    private void Watch()
    {
        if (_isPinging && !_wasHeard)
        {
            Close(new TimeoutException("It did not reply to PING."));
            return;
        }

        _wasHeard = false;
        if (!_isPinging)
        {
            _isPinging = true;
            var ping = _pool.Get();
            ping.BeginPing();
            Send(ping, key: "");
        }

        _watchdog.Change(PingPause, Timeout.InfiniteTimeSpan);
    }

    private void Lose(TrackedRequest request)
    {
        request.Fail(new TrackedConnectionLostException(_options.Node, Reason));
        request.Release();
    }
}

/// <summary>What a node says of its own accord.</summary>
internal static class InvalidationPush
{
    /// <summary>Tells the sink which keys a push invalidates; other kinds of push are passed over.</summary>
    /// <exception cref="RespProtocolException">It is an invalidation, but of no known form.</exception>
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
                throw new RespProtocolException("An invalidation names no keys.");
        }
    }

    private static byte[] Key(in RespFrame frame) =>
        frame.Kind is RespKind.BlobString or RespKind.SimpleString ? frame.Bytes : throw new RespProtocolException("An invalidated key is no string.");
}
