namespace RedisAspire.ApiService.RateLimiting;

/// <summary>How much one client may ask (<c>RateLimit</c> in the configuration).</summary>
internal sealed class RateLimitOptions
{
    /// <summary>How many requests a client may make in one window, at all instances together. 2000 by default; none limits nobody.</summary>
    public int? PermitLimit { get; set; } = 2000;

    /// <summary>How long a window is. One second by default.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many permits an instance takes from Redis at once. 50 by default.</summary>
    public int Chunk { get; set; } = 50;

    /// <summary>How long a request waits for Redis. 25 ms by default.</summary>
    public TimeSpan LeaseTimeout { get; set; } = TimeSpan.FromMilliseconds(25);

    /// <summary>How long everybody passes after Redis has failed, before it is asked again. One second by default.</summary>
    public TimeSpan OpenAfterFailure { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many sessions and jobs a visitor without the admin key may create in a minute, at each instance. 60 by default; none limits nobody.</summary>
    public int? CreationsPerMinute { get; set; } = 60;

    /// <summary>How many event streams a visitor without the admin key may listen to at once, at each instance. 20 by default.</summary>
    public int StreamsPerVisitor { get; set; } = 20;

    /// <summary>The number of the present window.</summary>
    public long WindowAt(TimeProvider time) => time.GetUtcNow().UtcTicks / Window.Ticks;

    /// <summary>How long the present window still lasts.</summary>
    public TimeSpan UntilNextWindow(TimeProvider time) => TimeSpan.FromTicks(Window.Ticks - (time.GetUtcNow().UtcTicks % Window.Ticks));
}
