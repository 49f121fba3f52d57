using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace RedisAspire.ApiService.RateLimiting;

/// <summary>
/// Limits one client over all instances: a fixed window, whose permits are borrowed from Redis in chunks and ahead of need,
/// so that requests rarely wait for a round trip. The first chunk of a window is used on credit while it is borrowed:
/// where other instances have used up the window, a client gets up to a chunk more.
/// </summary>
internal sealed class SharedWindowLimiter(string client, PermitLender lender, RateLimitOptions options, TimeProvider time) : RateLimiter
{
    private readonly Lock _lock = new();
    private readonly int _chunk = options.ChunkSize;
    private long _window = -1;
    // Negative while permits are used on credit.
    private int _permits;
    private int _lent;
    private bool _hasBorrowed;
    private bool _isUsedUp;
    private TaskCompletionSource<bool>? _borrowing;
    private long _lastUsed = time.GetTimestamp();

    public override TimeSpan? IdleDuration => time.GetElapsedTime(Volatile.Read(ref _lastUsed));

    /// <summary>The remaining permits: those of this limiter, and those that no instance had borrowed at this limiter's last loan.</summary>
    public override RateLimiterStatistics GetStatistics()
    {
        lock (_lock)
        {
            Turn(options.WindowAt(time));
            return new RateLimiterStatistics { CurrentAvailablePermits = Remaining() };
        }
    }

    protected override RateLimitLease AttemptAcquireCore(int permitCount) => Take(out _) ?? WindowLease.Refused(options.UntilNextWindow(time));

    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) =>
        Take(out var borrowing) is { } lease ? new(lease) : WaitAsync(borrowing!, cancellationToken);

    private async ValueTask<RateLimitLease> WaitAsync(Task<bool> borrowing, CancellationToken cancellationToken)
    {
        while (await borrowing.WaitAsync(cancellationToken))
        {
            if (Take(out var next) is { } lease)
                return lease;
            borrowing = next!;
        }

        return WindowLease.Uncounted;
    }

    // Returns null when the request must wait for the permits that are being borrowed.
    private WindowLease? Take(out Task<bool>? borrowing)
    {
        borrowing = null;
        Volatile.Write(ref _lastUsed, time.GetTimestamp());
        if (lender.IsOpen)
            return WindowLease.Uncounted;

        long window;
        WindowLease? lease;
        TaskCompletionSource<bool>? begun = null;
        lock (_lock)
        {
            Turn(window = options.WindowAt(time));
            var isAdmitted = _permits > 0 || (!_hasBorrowed && _permits > -_chunk);
            if (!isAdmitted && _isUsedUp)
                return WindowLease.Refused(options.UntilNextWindow(time));

            if (isAdmitted)
                _permits--;
            // Before the last one is used, or a request that finds none would have nothing to wait for.
            if (_permits < Math.Max(1, _chunk / 2) && !_isUsedUp && _borrowing is null)
                _borrowing = begun = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            borrowing = _borrowing?.Task;
            lease = isAdmitted ? WindowLease.Counted(Remaining()) : null;
        }

        if (begun is not null)
            _ = BorrowAsync(window, begun);
        return lease;
    }

    private async Task BorrowAsync(long window, TaskCompletionSource<bool> borrowing)
    {
        Loan? loan = null;
        try
        {
            loan = await lender.BorrowAsync(client, window);
        }
        finally
        {
            lock (_lock)
            {
                // Permits of a window that has ended are void.
                if (loan is { } lent && window == _window)
                {
                    _permits += lent.Granted;
                    _lent = lent.LentToAll;
                    _hasBorrowed = true;
                    _isUsedUp = lent.Granted == 0;
                }

                if (_borrowing == borrowing)
                    _borrowing = null;
            }

            // Whatever has happened, the requests that wait go on.
            borrowing.SetResult(loan is not null);
        }
    }

    private void Turn(long window)
    {
        if (window != _window)
            (_window, _permits, _lent, _hasBorrowed, _isUsedUp, _borrowing) = (window, 0, 0, false, false, null);
    }

    private long Remaining() => _isUsedUp && _permits <= 0 ? 0 : Math.Max(0, (options.PermitLimit ?? 0) - _lent + _permits);
}

/// <summary>The lease of a request that is admitted, or refused until the next window.</summary>
internal sealed class WindowLease(long? remaining, TimeSpan? retryAfter = null) : RateLimitLease
{
    /// <summary>Admits a request while Redis cannot count.</summary>
    public static WindowLease Uncounted { get; } = new(remaining: null);

    /// <summary>How many permits the window has left; <see langword="null"/> when they are not counted.</summary>
    public long? Remaining => remaining;

    public override bool IsAcquired => retryAfter is null;

    public override IEnumerable<string> MetadataNames => IsAcquired ? [] : [MetadataName.RetryAfter.Name];

    public static WindowLease Counted(long remaining) => new(remaining);

    public static WindowLease Refused(TimeSpan retryAfter) => new(remaining: 0, retryAfter);

    public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata)
    {
        metadata = metadataName == MetadataName.RetryAfter.Name ? retryAfter : null;
        return metadata is not null;
    }
}
