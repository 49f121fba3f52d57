using RedisAspire.ApiService.Storage;
using RedisAspire.Caching.Telemetry;
using RedisAspire.Caching.Topology;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Cache;

/// <summary>
/// The figures of all instances. Each keeps its own under <c>app:stats:{instance}</c> for as long as it lives, and its
/// name in <c>app:stats</c>, so that nobody has to search for the others.
/// </summary>
internal sealed partial class ClusterFigures(
    RedisMaster master, ServiceInstance instance, CacheStatistics statistics, TimeProvider time, ILogger<ClusterFigures> logger)
{
    private const string Names = "app:stats";
    private const int MaximumInstances = 100;
    private const int Version = 1;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan NamesLifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(500);

    /// <summary>Tells the others the figures of this instance.</summary>
    /// <returns>Whether Redis has taken them.</returns>
    public Task<bool> TryPublishAsync(CancellationToken cancellationToken) => TryAsync(async database =>
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var figures = SharedJson.Write(Version, InstanceFigures.Of(instance, statistics));
        await Task.WhenAll(
            database.StringSetAsync(KeyOf(instance.Name), figures, Lifetime),
            database.SortedSetAddAsync(Names, instance.Name, now),
            database.SortedSetRemoveRangeByScoreAsync(Names, double.NegativeInfinity, now - NamesLifetime.TotalSeconds),
            database.KeyExpireAsync(Names, NamesLifetime));
        return true;
    }, otherwise: false, cancellationToken);

    /// <summary>Reads the figures of all instances; only those of this one when Redis does not answer.</summary>
    public async Task<StatsResponse> ReadAsync(CancellationToken cancellationToken)
    {
        var others = await TryAsync(ReadOthersAsync, otherwise: null, cancellationToken);
        InstanceFigures[] instances = [InstanceFigures.Of(instance, statistics), .. others ?? []];
        return instances.ToStats(time.GetUtcNow(), isComplete: others is not null);
    }

    private async Task<InstanceFigures[]?> ReadOthersAsync(IDatabase database)
    {
        var names = await database.SortedSetRangeByRankAsync(Names, 0, MaximumInstances - 1, Order.Descending);
        var keys = names.Select(name => (string)name!).Where(name => name != instance.Name).Select(KeyOf).ToArray();
        var values = keys.Length == 0 ? [] : await database.StringGetAsync(keys);
        return
        [
            .. values.Select(value => SharedJson.TryRead<InstanceFigures>(Version, value))
                .OfType<InstanceFigures>()
                .Where(other => other.IsPlausible)
                .OrderBy(other => other.StartedAt),
        ];
    }

    private async Task<T> TryAsync<T>(Func<IDatabase, Task<T>> ask, T otherwise, CancellationToken cancellationToken)
    {
        try
        {
            return master.TryGetDatabase(out var database) ? await ask(database).WaitAsync(Timeout, cancellationToken) : otherwise;
        }
        catch (Exception failure) when (RedisErrors.IsFailureOfCommand(failure, cancellationToken))
        {
            LogNotShared(failure);
            return otherwise;
        }
    }

    private static RedisKey KeyOf(string name) => $"{Names}:{name}";

    [LoggerMessage(LogLevel.Debug, "The figures of the instances cannot be shared now.")]
    private partial void LogNotShared(Exception failure);
}
