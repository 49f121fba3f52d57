using System.Runtime.InteropServices;

namespace RedisAspire.ApiService.RateLimiting;

/// <summary>
/// Borrows permits of one window from Redis, where all instances count together. When Redis fails or is slow, the limiter
/// fails open and admits every request: a limit protects the service, and must not take it down.
/// </summary>
internal sealed partial class PermitLender(RedisMaster master, IOptions<RateLimitOptions> options, TimeProvider time, ILogger<PermitLender> logger)
{
    private static readonly string Lend = EmbeddedScript.Read("LendPermits.lua");

    private readonly RateLimitOptions _options = options.Value;
    private long _openUntil = long.MinValue;

    /// <summary>Whether Redis has just failed, so that every request is admitted.</summary>
    public bool IsOpen => time.GetTimestamp() < Volatile.Read(ref _openUntil);

    /// <summary>Borrows some permits: none when the window is used up; <see langword="null"/> when Redis fails.</summary>
    public async ValueTask<Loan?> BorrowAsync(string client, long window)
    {
        if (IsOpen)
            return null;
        try
        {
            if (!master.TryGetDatabase(out var database))
                return Open(failure: null);

            var key = (RedisKey)string.Create(CultureInfo.InvariantCulture, $"app:rate:{client}:{window}");
            // The key outlives the window, because the clocks of instances differ.
            var lifetime = (long)_options.Window.TotalMilliseconds * 2;
            var answer = (RedisResult[])(await database.ScriptEvaluateAsync(Lend, [key], [_options.ChunkSize, _options.PermitLimit ?? 0, lifetime])
                .WaitAsync(_options.LeaseTimeout))!;
            return new Loan((int)answer[0], (int)answer[1]);
        }
        catch (Exception failure) when (RedisErrors.IsFailure(failure, CancellationToken.None))
        {
            return Open(failure);
        }
    }

    private Loan? Open(Exception? failure)
    {
        Volatile.Write(ref _openUntil, time.GetTimestamp() + (long)(_options.OpenAfterFailure.TotalSeconds * time.TimestampFrequency));
        LogOpen(failure);
        return null;
    }

    [LoggerMessage(LogLevel.Debug, "Redis could not count requests. Requests are not limited until it is asked again.")]
    private partial void LogOpen(Exception? failure);
}

/// <summary>Permits of a window that an instance has borrowed from Redis.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Loan(int Granted, int LentToAll);

/// <summary>Limits per client address (<c>RateLimit</c> in the configuration).</summary>
internal sealed class RateLimitOptions
{
    /// <summary>How many requests a client may make in one window, at all instances together. 2000 by default; without a value requests are not limited.</summary>
    public int? PermitLimit { get; set; } = 2000;

    /// <summary>How long a window is. One second by default.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many permits an instance takes from Redis at once. A fortieth of <see cref="PermitLimit"/> by default: 50 of 2000.</summary>
    public int? Chunk { get; set; }

    /// <summary>How long a request waits for Redis. 25 ms by default.</summary>
    public TimeSpan LeaseTimeout { get; set; } = TimeSpan.FromMilliseconds(25);

    /// <summary>How long every request is admitted after Redis has failed, before it is asked again. One second by default.</summary>
    public TimeSpan OpenAfterFailure { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many sessions and jobs a visitor without the admin key may create in a minute, at each instance. 60 by default; without a value they are not limited.</summary>
    public int? CreationsPerMinute { get; set; } = 60;

    /// <summary>How many event streams a visitor without the admin key may listen to at once, at each instance. 20 by default.</summary>
    public int StreamsPerVisitor { get; set; } = 20;

    public int ChunkSize => Chunk ?? Math.Max(1, (PermitLimit ?? 0) / 40);

    public long WindowAt(TimeProvider time) => time.GetUtcNow().UtcTicks / Window.Ticks;

    public TimeSpan UntilNextWindow(TimeProvider time) => TimeSpan.FromTicks(Window.Ticks - (time.GetUtcNow().UtcTicks % Window.Ticks));
}
