using Microsoft.Extensions.Caching.Hybrid;
using RedisAspire.Benchmarks.Peers;
using RedisAspire.RedisProcesses;
using StackExchange.Redis;

namespace RedisAspire.Benchmarks.Compare;

/// <summary>A cache in several instances, and another program that writes to the same Redis.</summary>
internal abstract class CacheInstances(string name) : IAsyncDisposable
{
    public const int Count = 3;

    public string Name { get; } = name;

    public abstract Task<string> GetAsync(int instance, string key, Func<Task<string>> source);

    /// <summary>Reads the value past what the instance has in its process.</summary>
    public abstract Task<string?> GetFromRedisAsync(int instance, string key);

    public abstract Task SetAsync(int instance, string key, string value);

    /// <summary>Writes the values to Redis as another program would, in the form that the cache reads.</summary>
    public abstract Task WriteBesideAsync(IReadOnlyList<string> keys, string value);

    /// <summary>Removes the keys from Redis as another program would.</summary>
    public abstract Task RemoveBesideAsync(IReadOnlyList<string> keys);

    public abstract ValueTask DisposeAsync();
}

/// <summary>Instances of a <see cref="HybridCache"/>: ours, or Microsoft's.</summary>
internal abstract class HybridInstances(string name) : CacheInstances(name)
{
    private static readonly HybridCacheEntryOptions NotNear = new() { Flags = HybridCacheEntryFlags.DisableLocalCache };

    public override Task<string> GetAsync(int instance, string key, Func<Task<string>> source) =>
        CacheOf(instance).GetOrCreateAsync(key, source, static async (source, _) => await source()).AsTask();

    public override async Task<string?> GetFromRedisAsync(int instance, string key) =>
        await CacheOf(instance).GetOrCreateAsync(key, 0, static (_, _) => ValueTask.FromResult("source"), NotNear);

    public override Task SetAsync(int instance, string key, string value) => CacheOf(instance).SetAsync(key, value).AsTask();

    protected abstract HybridCache CacheOf(int instance);
}

/// <summary>Instances of this cache. Values are plain text in Redis, so that another program writes them with <c>SET</c>.</summary>
internal sealed class OurInstances : HybridInstances
{
    private readonly BenchmarkHost[] _hosts;

    private OurInstances(BenchmarkHost[] hosts)
        : base(Caches.Ours) => _hosts = hosts;

    public static async Task<CacheInstances> StartAsync(RedisReplication redis) =>
        new OurInstances(await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => BenchmarkHost.ConnectAsync(redis))));

    public override Task WriteBesideAsync(IReadOnlyList<string> keys, string value) =>
        Task.WhenAll(keys.Select(key => _hosts[0].Plain.GetDatabase().StringSetAsync(key, value, PeerCaches.Lifetime)));

    public override Task RemoveBesideAsync(IReadOnlyList<string> keys) =>
        _hosts[0].Plain.GetDatabase().KeyDeleteAsync([.. keys.Select(key => (RedisKey)key)]);

    public override async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
    }

    protected override HybridCache CacheOf(int instance) => _hosts[instance].Cache;
}

/// <summary>
/// StackExchange.Redis by hand: GET on a replica, else the source and SET. It keeps nothing in the process, and sees what
/// the replica has.
/// </summary>
internal sealed class PlainInstances : CacheInstances
{
    private const string Prefix = "plain:";

    private readonly IConnectionMultiplexer[] _connections;

    private PlainInstances(IConnectionMultiplexer[] connections)
        : base($"{Caches.Plain}, replica reads") => _connections = connections;

    public static async Task<CacheInstances> StartAsync(RedisReplication redis)
    {
        var options = ConfigurationOptions.Parse(redis.Master.ConnectionString);
        foreach (var replica in redis.Replicas)
            options.EndPoints.Add("127.0.0.1", replica.Port);
        return new PlainInstances(await Task.WhenAll(Enumerable.Range(0, Count).Select(async _ => (IConnectionMultiplexer)await ConnectionMultiplexer.ConnectAsync(options))));
    }

    public override async Task<string> GetAsync(int instance, string key, Func<Task<string>> source)
    {
        if (await GetFromRedisAsync(instance, key) is { } found)
            return found;
        var value = await source();
        await SetAsync(instance, key, value);
        return value;
    }

    public override async Task<string?> GetFromRedisAsync(int instance, string key) => await DatabaseOf(instance).StringGetAsync(Prefix + key, CommandFlags.DemandReplica);

    public override Task SetAsync(int instance, string key, string value) => DatabaseOf(instance).StringSetAsync(Prefix + key, value, PeerCaches.Lifetime);

    public override Task WriteBesideAsync(IReadOnlyList<string> keys, string value) => Task.WhenAll(keys.Select(key => SetAsync(Count - 1, key, value)));

    public override Task RemoveBesideAsync(IReadOnlyList<string> keys) => DatabaseOf(Count - 1).KeyDeleteAsync([.. keys.Select(key => (RedisKey)(Prefix + key))]);

    public override async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
            await connection.DisposeAsync();
    }

    private IDatabase DatabaseOf(int instance) => _connections[instance].GetDatabase();
}
