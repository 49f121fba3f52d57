using System.Globalization;
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
