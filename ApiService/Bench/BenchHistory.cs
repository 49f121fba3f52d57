using RedisAspire.ApiService.Storage;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Bench;

/// <summary>The last runs, of all instances, in Redis.</summary>
internal sealed partial class BenchHistory(RedisMaster master, ILogger<BenchHistory> logger)
{
    /// <summary>How many runs are kept.</summary>
    public const int Length = 20;

    private const string Key = "app:bench:runs";
    private const int Version = 1;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <summary>Keeps a run, unless Redis fails: the run was not in vain then.</summary>
    public async Task TryAddAsync(BenchResult run)
    {
        try
        {
            var transaction = master.Database.CreateTransaction();
            _ = transaction.ListLeftPushAsync(Key, SharedJson.Write(Version, run));
            _ = transaction.ListTrimAsync(Key, 0, Length - 1);
            await transaction.ExecuteAsync().WaitAsync(Timeout);
        }
        catch (Exception failure) when (RedisErrors.IsFailureOfCommand(failure, CancellationToken.None))
        {
            LogNotKept(failure);
        }
    }

    /// <summary>The last runs, the latest first.</summary>
    public async Task<BenchResult[]> ReadAsync(CancellationToken cancellationToken)
    {
        var runs = await master.Database.ListRangeAsync(Key, 0, Length - 1).WaitAsync(Timeout, cancellationToken);
        // What another version has written is passed over.
        return [.. runs.Select(run => SharedJson.TryRead<BenchResult>(Version, run)).OfType<BenchResult>()];
    }

    [LoggerMessage(LogLevel.Warning, "A run of the bench could not be kept in Redis.")]
    private partial void LogNotKept(Exception failure);
}
