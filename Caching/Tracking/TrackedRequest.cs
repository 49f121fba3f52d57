using System.Buffers;
using System.Diagnostics;
using System.Threading.Tasks.Sources;
using Microsoft.Extensions.ObjectPool;

namespace RedisAspire.Caching.Tracking;

/// <summary>
/// One read, or one PING, from its commands to its replies. It is completed once: by its replies, a time-out, a
/// cancellation or the loss of the connection. The caller and the queue of pending replies both hold a reference, and the
/// last one to release it returns it to the pool, because the replies to a read that timed out are still to come.
/// </summary>
internal sealed class TrackedRequest(ObjectPool<TrackedRequest> pool) : IValueTaskSource<TrackedReply>
{
    private const long KeyVanished = -2;

    private ManualResetValueTaskSourceCore<TrackedReply> _source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private TrackedStep _step;
    private TrackedStep _last;
    private long? _neededOffset;
    private AppliedOffset? _applied;
    private int _references;
    private bool _isCompleted;
    private byte[]? _value;
    private TimeSpan? _timeToLive;
    private long? _offset;
    private bool? _isMaster;
    private string? _error;

    /// <summary>The tick of the connection's clock at which the read times out.</summary>
    public long Expires { get; set; }

    public bool IsPing { get; private set; }

    /// <summary>Whether its caller has got a result and waits no longer.</summary>
    public bool IsCompleted => Volatile.Read(ref _isCompleted);

    /// <summary>The reply; the caller must await it exactly once.</summary>
    public ValueTask<TrackedReply> Reply => new(this, _source.Version);

    public void BeginRead(bool withTimeToLive, long? neededOffset, CancellationToken cancellationToken)
    {
        Reset(TrackedStep.Value, withTimeToLive ? TrackedStep.TimeToLive : TrackedStep.Value, references: 2);
        _neededOffset = neededOffset;
        if (cancellationToken.CanBeCanceled)
            _cancellation = cancellationToken.UnsafeRegister(static (request, token) => ((TrackedRequest)request!).Fail(new OperationCanceledException(token)), this);
    }

    public void BeginPing()
    {
        Reset(TrackedStep.Ping, TrackedStep.Ping, references: 1);
        // A PING has no caller, so it is complete from the start.
        _isCompleted = true;
        IsPing = true;
    }

    /// <summary>Writes its commands; the replies come in the order of <see cref="TrackedStep"/>.</summary>
    /// <param name="output">The buffer to write to.</param>
    /// <param name="key">The key to read.</param>
    /// <param name="applied">The offset of the node, which is asked for unless it is known to suffice or is being asked for already.</param>
    public void WriteTo(IBufferWriter<byte> output, string key, AppliedOffset applied)
    {
        if (IsPing)
        {
            output.Write("*1\r\n$4\r\nPING\r\n"u8);
            return;
        }

        if (_neededOffset is { } needed)
        {
            _applied = applied;
            // The offset is read first, so that the value is at least as new.
            if (applied.MustAskFor(needed))
            {
                _step = TrackedStep.Role;
                output.Write("*1\r\n$4\r\nROLE\r\n"u8);
            }
        }

        RespWriter.WriteKeyed(output, "*2\r\n$3\r\nGET\r\n"u8, key);
        if (_last == TrackedStep.TimeToLive)
            RespWriter.WriteKeyed(output, "*2\r\n$4\r\nPTTL\r\n"u8, key);
    }

    /// <summary>Accepts the next of its replies.</summary>
    /// <returns>Whether the reply was the last one.</returns>
    /// <exception cref="RespProtocolException">The reply does not match the command.</exception>
    public bool Accept(in RespFrame frame)
    {
        var step = _step++;
        if (step == TrackedStep.Value)
            // Of the replies to ROLE, those have arrived that were sent before this read, and no others.
            _offset = _applied?.Offset;
        if (frame.Kind == RespKind.Error)
        {
            if (step == TrackedStep.Role)
                _applied!.Answered(offset: null);
            _error ??= frame.Text;
            return step == _last;
        }

        switch (step)
        {
            case TrackedStep.Role:
                (_isMaster, var offset) = RoleReply.Read(frame);
                _applied!.Answered(offset);
                return false;
            case TrackedStep.Value when frame.Kind is RespKind.BlobString:
                _value = frame.Bytes;
                return _last == TrackedStep.Value;
            case TrackedStep.Value when frame.Kind is RespKind.Null:
                return _last == TrackedStep.Value;
            case TrackedStep.TimeToLive when frame.Kind is RespKind.Integer:
                if (frame.Integer == KeyVanished)
                    _value = null;
                else if (frame.Integer >= 0)
                    _timeToLive = RespTime.Milliseconds(frame.Integer);
                return true;
            case TrackedStep.Ping when frame.Kind is RespKind.SimpleString:
                return true;
            default:
                throw new RespProtocolException($"The reply of kind {frame.Kind} does not match the command.");
        }
    }

    /// <summary>Completes the request with the accepted replies.</summary>
    /// <returns>Whether the caller was still waiting.</returns>
    public bool Succeed()
    {
        if (_error is not null)
            return Fail(new RespErrorException(_error));
        if (!TryComplete())
            return false;
        _source.SetResult(new TrackedReply(_value, _value is null ? null : _timeToLive, _offset, _isMaster));
        return true;
    }

    /// <summary>Completes the request with an exception.</summary>
    /// <returns>Whether the caller was still waiting.</returns>
    public bool Fail(Exception failure)
    {
        if (!TryComplete())
            return false;
        _source.SetException(failure);
        return true;
    }

    /// <summary>Drops the reference of the caller or of the queue.</summary>
    public void Release()
    {
        var references = Interlocked.Decrement(ref _references);
        Debug.Assert(references >= 0, "The request was released too often.");
        if (references > 0)
            return;

        // The pool must not keep a value alive.
        _value = null;
        _applied = null;
        pool.Return(this);
    }

    public TrackedReply GetResult(short token)
    {
        // A caller that awaits twice gets an exception here, instead of disturbing the next user of this object.
        _ = _source.GetStatus(token);
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            // Dispose waits for a cancellation that is running, so that it cannot hit the next user.
            _cancellation.Dispose();
            _source.Reset();
            Release();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Reset(TrackedStep first, TrackedStep last, int references)
    {
        _cancellation = default;
        _step = first;
        _last = last;
        _references = references;
        _isCompleted = false;
        _value = null;
        _timeToLive = null;
        _neededOffset = null;
        _applied = null;
        _offset = null;
        _isMaster = null;
        _error = null;
        IsPing = false;
    }

    private bool TryComplete() => !Interlocked.Exchange(ref _isCompleted, true);
}

/// <summary>
/// The replication offset that a node has reached, as far as its replies to <c>ROLE</c> show. Replies come in the order of
/// the commands, so one reply serves every read that was sent after its command. Not thread-safe.
/// </summary>
internal sealed class AppliedOffset
{
    private bool _isAsked;

    /// <summary>The highest offset that the node has shown; <see langword="null"/> when it has shown none.</summary>
    public long? Offset { get; private set; }

    /// <summary>Whether a read that needs an offset must ask for it; from then on, later reads wait for the same reply.</summary>
    public bool MustAskFor(long needed)
    {
        if (Offset >= needed || _isAsked)
            return false;
        return _isAsked = true;
    }

    /// <summary>Records a reply; an offset is missing in that of a replica without a link to its master.</summary>
    public void Answered(long? offset)
    {
        _isAsked = false;
        if (offset is not null && !(offset <= Offset))
            Offset = offset;
    }
}

/// <summary>Pools the requests of a connection.</summary>
internal sealed class TrackedRequestPool : PooledObjectPolicy<TrackedRequest>
{
    private const int MaximumPooled = 1024;

    private readonly DefaultObjectPool<TrackedRequest> _pool;

    public TrackedRequestPool() => _pool = new DefaultObjectPool<TrackedRequest>(this, MaximumPooled);

    public TrackedRequest Get() => _pool.Get();

    public override TrackedRequest Create() => new(_pool);

    public override bool Return(TrackedRequest obj) => true;
}
