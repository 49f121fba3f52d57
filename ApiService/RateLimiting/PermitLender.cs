using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.ApiService.RateLimiting;

/// <summary>
/// Lends permits of one window from Redis, where all instances count together. When Redis fails or is slow, everybody
/// passes: a limit protects the service, and must not be what takes it down.
/// </summary>
internal sealed partial class PermitLender(RedisMaster master, IOptions<RateLimitOptions> options, TimeProvider time, ILogger<PermitLender> logger)
{
    private const string Lend =
        """
        local lent = tonumber(redis.call('GET', KEYS[1]) or 0)
        local granted = math.min(tonumber(ARGV[1]), tonumber(ARGV[2]) - lent)
        if granted <= 0 then return { 0, lent } end
        redis.call('INCRBY', KEYS[1], granted)
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        return { granted, lent + granted }
        """;

    private readonly RateLimitOptions _options = options.Value;
    private long _openUntil = long.MinValue;

    /// <summary>Whether Redis has just failed, so that everybody passes.</summary>
    public bool IsOpen => time.GetTimestamp() < Volatile.Read(ref _openUntil);

    /// <summary>Borrows some permits.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="window">The number of the window.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many were granted: none when the window is used up; <see langword="null"/> when Redis cannot say.</returns>
    public async ValueTask<Loan?> BorrowAsync(string client, long window, CancellationToken cancellationToken)
    {
        if (IsOpen)
            return null;
        try
        {
            if (!master.TryGetDatabase(out var database))
                return Open(failure: null);

            var key = (RedisKey)string.Create(CultureInfo.InvariantCulture, $"app:rate:{client}:{window}");
            // Longer than the window: the clocks of instances differ.
            var lifetime = (long)_options.Window.TotalMilliseconds * 2;
            var answer = (RedisResult[])(await database.ScriptEvaluateAsync(Lend, [key], [_options.Chunk, _options.PermitLimit ?? 0, lifetime])
                .WaitAsync(_options.LeaseTimeout, cancellationToken))!;
            return new Loan((int)answer[0], (int)answer[1]);
        }
        catch (Exception failure) when (RedisErrors.IsFailureOfCommand(failure, cancellationToken))
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

    [LoggerMessage(LogLevel.Debug, "Redis does not count requests now: nobody is limited.")]
    private partial void LogOpen(Exception? failure);
}

/// <summary>Permits of a window that Redis has lent to an instance.</summary>
/// <param name="Granted">How many; none when the window is used up.</param>
/// <param name="LentToAll">How many all instances have got so far.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Loan(int Granted, int LentToAll);

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
