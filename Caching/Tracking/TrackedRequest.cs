using System.Buffers;
using System.Diagnostics;
using System.Threading.Tasks.Sources;
using Microsoft.Extensions.ObjectPool;

namespace RedisAspire.Caching.Tracking;

/// <summary>
/// One read, or one PING, between its commands and its replies. It is settled once: by its replies, by time, by its
/// caller or by the loss of the connection. The caller and the queue of replies both hold it, and the last one to
/// let go gives it back to the pool: a read that timed out still has replies to come.
/// </summary>
internal sealed class TrackedRequest(ObjectPool<TrackedRequest> pool) : IValueTaskSource<TrackedReply>
{
    private const long KeyVanished = -2;

    private ManualResetValueTaskSourceCore<TrackedReply> _source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private TrackedStep _step;
    private int _users;
    private bool _isCompleted;
    private byte[]? _value;
    private TimeSpan? _timeToLive;
    private RoleReply _role;
    private string? _error;

    /// <summary>The tick of the connection's clock at which the read has taken too long.</summary>
    public long Expires { get; set; }

    public bool IsPing { get; private set; }

    /// <summary>Whether nobody waits for it any more.</summary>
    public bool IsSettled => Volatile.Read(ref _isCompleted);

    /// <summary>What the caller awaits, once.</summary>
    public ValueTask<TrackedReply> Reply => new(this, _source.Version);

    public void BeginRead(bool withOffset, CancellationToken cancellationToken)
    {
        Reset(withOffset ? TrackedStep.Role : TrackedStep.Value, users: 2);
        if (cancellationToken.CanBeCanceled)
            _cancellation = cancellationToken.UnsafeRegister(static (request, token) => ((TrackedRequest)request!).Fail(new OperationCanceledException(token)), this);
    }

    public void BeginPing()
    {
        Reset(TrackedStep.Ping, users: 1);
        // Nobody awaits it.
        _isCompleted = true;
        IsPing = true;
    }

    /// <summary>Writes its commands, whose replies come in the order of <see cref="TrackedStep"/>.</summary>
    public void WriteTo(IBufferWriter<byte> output, string key)
    {
        if (IsPing)
        {
            output.Write("*1\r\n$4\r\nPING\r\n"u8);
            return;
        }

        // The offset comes first, so that the value is at least as new.
        if (_step == TrackedStep.Role)
            output.Write("*1\r\n$4\r\nROLE\r\n"u8);
        RespWriter.WriteKeyed(output, "*2\r\n$3\r\nGET\r\n"u8, key);
        RespWriter.WriteKeyed(output, "*2\r\n$4\r\nPTTL\r\n"u8, key);
    }

    /// <summary>Takes the next of its replies.</summary>
    /// <returns>Whether it was the last.</returns>
    /// <exception cref="RespProtocolException">It is no reply to what was asked.</exception>
    public bool Accept(in RespFrame frame)
    {
        if (frame.Kind == RespKind.Error)
        {
            _error ??= frame.Text;
            return _step++ >= TrackedStep.TimeToLive;
        }

        switch (_step++)
        {
            case TrackedStep.Role:
                _role = RoleReply.Read(frame);
                return false;
            case TrackedStep.Value when frame.Kind is RespKind.BlobString:
                _value = frame.Bytes;
                return false;
            case TrackedStep.Value when frame.Kind is RespKind.Null:
                return false;
            case TrackedStep.TimeToLive when frame.Kind is RespKind.Integer:
                if (frame.Integer == KeyVanished)
                    _value = null;
                else if (frame.Integer >= 0)
                    _timeToLive = RespTime.Milliseconds(frame.Integer);
                return true;
            case TrackedStep.Ping when frame.Kind is RespKind.SimpleString:
                return true;
            default:
                throw new RespProtocolException($"A {frame.Kind} is no reply to what was asked.");
        }
    }

    /// <summary>Settles it with the replies it took.</summary>
    /// <returns>Whether somebody still waited for it.</returns>
    public bool Succeed()
    {
        if (_error is not null)
            return Fail(new RespErrorException(_error));
        if (!TryComplete())
            return false;
        _source.SetResult(new TrackedReply(_value, _value is null ? null : _timeToLive, _role.Offset, _role.IsMaster));
        return true;
    }

    /// <summary>Settles it without a reply.</summary>
    /// <returns>Whether somebody still waited for it.</returns>
    public bool Fail(Exception failure)
    {
        if (!TryComplete())
            return false;
        _source.SetException(failure);
        return true;
    }

    /// <summary>The caller or the queue lets go of it.</summary>
    public void Release()
    {
        var users = Interlocked.Decrement(ref _users);
        Debug.Assert(users >= 0, "Released more often than held.");
        if (users > 0)
            return;

        // The pool shall not keep a value alive.
        _value = null;
        pool.Return(this);
    }

    public TrackedReply GetResult(short token)
    {
        // Somebody who awaits twice must not disturb the next user of this object.
        _ = _source.GetStatus(token);
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            // Waits for a cancellation that is under way, so that it cannot hit the next user.
            _cancellation.Dispose();
            _source.Reset();
            Release();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Reset(TrackedStep step, int users)
    {
        _cancellation = default;
        _step = step;
        _users = users;
        _isCompleted = false;
        _value = null;
        _timeToLive = null;
        _role = default;
        _error = null;
        IsPing = false;
    }

    private bool TryComplete() => !Interlocked.Exchange(ref _isCompleted, true);
}

/// <summary>Keeps the requests of a connection for the next callers.</summary>
internal sealed class TrackedRequestPool : PooledObjectPolicy<TrackedRequest>
{
    private const int Kept = 1024;

    private readonly DefaultObjectPool<TrackedRequest> _pool;

    public TrackedRequestPool() => _pool = new DefaultObjectPool<TrackedRequest>(this, Kept);

    public TrackedRequest Get() => _pool.Get();

    public override TrackedRequest Create() => new(_pool);

    public override bool Return(TrackedRequest obj) => true;
}
