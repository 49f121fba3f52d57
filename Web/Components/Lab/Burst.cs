using System.Net;
using RedisAspire.Web.Api;

namespace RedisAspire.Web.Components.Lab;

/// <summary>Many requests in a short time, to reach the rate limit.</summary>
/// <param name="api">The API that receives the requests.</param>
/// <param name="time">Measures the duration.</param>
internal sealed class Burst(CountingClient api, TimeProvider time)
{
    private const int AtOnce = 8;

    private int _passed;
    private int _refused;
    private RateLimitResponse? _fullest;

    /// <summary>How many requests were accepted.</summary>
    public int Passed => _passed;

    /// <summary>How many requests were refused by the rate limiter.</summary>
    public int Refused => _refused;

    /// <summary>How many requests were sent.</summary>
    public int Sent => Passed + Refused;

    /// <summary>The window with the most requests.</summary>
    public RateLimitResponse? Fullest => _fullest;

    /// <summary>How long the burst took; null while it is running.</summary>
    public TimeSpan? Elapsed { get; private set; }

    /// <summary>Sends the requests.</summary>
    /// <param name="requests">How many requests.</param>
    /// <param name="cancellationToken">Ends the burst.</param>
    public async Task SendAsync(int requests, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, requests, options, async (_, cancellation) => await SendAsync(cancellation));
        Elapsed = time.GetElapsedTime(began);
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        try
        {
            var window = await api.TryDemoLimitAsync(cancellationToken);
            Interlocked.Increment(ref _passed);
            // Two concurrent answers may overwrite each other; the next one is nearly the same.
            if (window.Used is { } used && !(_fullest?.Used >= used))
                _fullest = window;
        }
        catch (CacheApiException refusal) when (refusal.Status == HttpStatusCode.TooManyRequests)
        {
            Interlocked.Increment(ref _refused);
        }
    }
}
