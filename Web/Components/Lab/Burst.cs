using System.Net;
using RedisAspire.Web.Api;

namespace RedisAspire.Web.Components.Lab;

/// <summary>Many requests in a short time, to meet the rate limiter.</summary>
/// <param name="api">Where they go.</param>
/// <param name="time">Measures how long they take.</param>
public sealed class Burst(CountingClient api, TimeProvider time)
{
    private const int AtOnce = 32;

    private int _passed;
    private int _refused;
    private RateLimitResponse? _fullest;

    /// <summary>How many were answered.</summary>
    public int Passed => _passed;

    /// <summary>How many were refused because there had been too many.</summary>
    public int Refused => _refused;

    /// <summary>How many that is together.</summary>
    public int Sent => Passed + Refused;

    /// <summary>The window as it was when most of it was used.</summary>
    public RateLimitResponse? Fullest => _fullest;

    /// <summary>How long they took; nothing while they are under way.</summary>
    public TimeSpan? Elapsed { get; private set; }

    /// <summary>Sends them.</summary>
    /// <param name="requests">How many.</param>
    /// <param name="cancellationToken">Ends it.</param>
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
            var window = await api.GetRateLimitAsync(cancellationToken);
            Interlocked.Increment(ref _passed);
            // Two at the same time may lose one of them, and the next says nearly the same.
            if (window.Used is { } used && !(_fullest?.Used >= used))
                _fullest = window;
        }
        catch (CacheApiException refusal) when (refusal.Status == HttpStatusCode.TooManyRequests)
        {
            Interlocked.Increment(ref _refused);
        }
    }
}
