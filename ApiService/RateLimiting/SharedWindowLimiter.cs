using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace RedisAspire.ApiService.RateLimiting;

/// <summary>
/// Limits one client over all instances: a fixed window, whose permits are borrowed from Redis in chunks, so that most
/// requests need no round trip.
/// </summary>
internal sealed class SharedWindowLimiter(string client, PermitLender lender, RateLimitOptions options, TimeProvider time) : RateLimiter
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _borrowing = new(1);
    private long _window = -1;
    private int _permits;
    private int _lent;
    private bool _isUsedUp;
    private long _lastUsed = time.GetTimestamp();

    /// <inheritdoc/>
    public override TimeSpan? IdleDuration => time.GetElapsedTime(Volatile.Read(ref _lastUsed));

    /// <summary>The remaining permits: those of this limiter, and those that no instance had borrowed at this limiter's last loan.</summary>
    public override RateLimiterStatistics GetStatistics()
    {
        lock (_lock)
        {
            Turn(Window());
            return new RateLimiterStatistics { CurrentAvailablePermits = _isUsedUp ? 0 : Math.Max(0, (options.PermitLimit ?? 0) - _lent) + _permits };
        }
    }

    /// <inheritdoc/>
    protected override RateLimitLease AttemptAcquireCore(int permitCount) => TryTake() ?? WindowLease.Refused(UntilNextWindow());

    /// <inheritdoc/>
    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryTake() is { } lease)
                return lease;
            if (IsUsedUp())
                return WindowLease.Refused(UntilNextWindow());

            await _borrowing.WaitAsync(cancellationToken);
            try
            {
                // The caller before may have borrowed enough for both.
                if (TryTake() is { } left)
                    return left;
                if (IsUsedUp())
                    return WindowLease.Refused(UntilNextWindow());

                var window = Window();
                if (await lender.BorrowAsync(client, window, cancellationToken) is not { } loan)
                    return WindowLease.Acquired;
                Add(window, loan);
            }
            finally
            {
                _borrowing.Release();
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _borrowing.Dispose();
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    protected override ValueTask DisposeAsyncCore()
    {
        _borrowing.Dispose();
        return base.DisposeAsyncCore();
    }

    private WindowLease? TryTake()
    {
        Volatile.Write(ref _lastUsed, time.GetTimestamp());
        if (lender.IsOpen)
            return WindowLease.Acquired;
        lock (_lock)
        {
            Turn(Window());
            if (_permits == 0)
                return null;
            _permits--;
            return WindowLease.Acquired;
        }
    }

    private bool IsUsedUp()
    {
        lock (_lock)
        {
            Turn(Window());
            return _isUsedUp;
        }
    }

    private void Add(long window, Loan loan)
    {
        lock (_lock)
        {
            // Permits of a window that has ended are void.
            if (window < _window)
                return;
            Turn(window);
            _permits += loan.Granted;
            _lent = loan.LentToAll;
            _isUsedUp = loan.Granted == 0;
        }
    }

    private void Turn(long window)
    {
        if (window == _window)
            return;
        _window = window;
        _permits = 0;
        _lent = 0;
        _isUsedUp = false;
    }

    private long Window() => options.WindowAt(time);

    private TimeSpan UntilNextWindow() => options.UntilNextWindow(time);
}

/// <summary>The lease of a request that is admitted, or refused until the next window.</summary>
internal sealed class WindowLease : RateLimitLease
{
    private readonly TimeSpan? _retryAfter;

    private WindowLease(TimeSpan? retryAfter) => _retryAfter = retryAfter;

    public static WindowLease Acquired { get; } = new(retryAfter: null);

    public override bool IsAcquired => _retryAfter is null;

    public override IEnumerable<string> MetadataNames => IsAcquired ? [] : [MetadataName.RetryAfter.Name];

    public static WindowLease Refused(TimeSpan retryAfter) => new(retryAfter);

    public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata)
    {
        metadata = metadataName == MetadataName.RetryAfter.Name ? _retryAfter : null;
        return metadata is not null;
    }
}
