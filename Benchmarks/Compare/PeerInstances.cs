using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Benchmarks.Peers;
using RedisAspire.RedisProcesses;
using StackExchange.Redis;
using ZiggyCreatures.Caching.Fusion;

namespace RedisAspire.Benchmarks.Compare;

/// <summary>
/// Where the values of a peer are in Redis, and another program that writes there. Their values have a form of their own:
/// one more instance, which knows none of the others, writes them under other names, and they are renamed.
/// </summary>
internal sealed class PeerInstances : IAsyncDisposable
{
    private const string Beside = "beside:";

    private readonly string _prefix;
    private readonly ServiceProvider _beside;

    private PeerInstances(string prefix, ConnectionMultiplexer[] connections, Func<ConnectionMultiplexer, string, ServiceProvider> create)
    {
        _prefix = prefix;
        Connections = connections;
        Services = [.. connections.SkipLast(1).Select(connection => create(connection, prefix))];
        _beside = create(connections[^1], Beside);
    }

    public ConnectionMultiplexer[] Connections { get; }

    public ServiceProvider[] Services { get; }

    public static async Task<CacheInstances> HybridAsync(RedisReplication redis) =>
        new Hybrid(new PeerInstances("hybrid:", await ConnectAsync(redis), static (connection, prefix) => new ServiceCollection().AddMicrosoftHybridCache(connection, prefix).BuildServiceProvider()));

    public static async Task<CacheInstances> FusionAsync(RedisReplication redis) =>
        new Fusion(new PeerInstances("fusion:", await ConnectAsync(redis), static (connection, prefix) => new ServiceCollection().AddFusionCacheOverRedis(connection, prefix, hasBackplane: prefix != Beside).BuildServiceProvider()));

    public async ValueTask DisposeAsync()
    {
        foreach (var services in Services.Append(_beside))
            await services.DisposeAsync();
        foreach (var connection in Connections)
            await connection.DisposeAsync();
    }

    private static Task<ConnectionMultiplexer[]> ConnectAsync(RedisReplication redis) =>
        Task.WhenAll(Enumerable.Range(0, CacheInstances.Count + 1).Select(_ => ConnectionMultiplexer.ConnectAsync(PeerCaches.ConnectionStringOf(redis))));

    private async Task RenameAsync()
    {
        var database = Connections[^1].GetDatabase();
        await foreach (var key in KeysAsync(Beside))
            await database.KeyRenameAsync(key, _prefix + key.ToString()[Beside.Length..]);
    }

    // The form of the names is the peer's.
    private async Task RemoveAsync(IReadOnlyList<string> keys)
    {
        var ends = keys.ToHashSet(StringComparer.Ordinal);
        var database = Connections[^1].GetDatabase();
        await foreach (var key in KeysAsync(_prefix))
        {
            if (key.ToString() is var name && name.IndexOf("coherence:", StringComparison.Ordinal) is var at and >= 0 && ends.Contains(name[at..]))
                await database.KeyDeleteAsync(key);
        }
    }

    private async IAsyncEnumerable<RedisKey> KeysAsync(string prefix)
    {
        // What is renamed meanwhile may be returned again.
        List<RedisKey> keys = [];
        await foreach (var key in Connections[^1].GetServers()[0].KeysAsync(pattern: $"{prefix}*", pageSize: 1000))
            keys.Add(key);
        foreach (var key in keys.Distinct())
            yield return key;
    }

    private sealed class Hybrid(PeerInstances instances) : HybridInstances(Caches.Hybrid)
    {
        public override async Task WriteBesideAsync(IReadOnlyList<string> keys, string value)
        {
            var cache = instances._beside.GetRequiredService<HybridCache>();
            foreach (var key in keys)
                await cache.SetAsync(key, value);
            await instances.RenameAsync();
        }

        public override Task RemoveBesideAsync(IReadOnlyList<string> keys) => instances.RemoveAsync(keys);

        public override ValueTask DisposeAsync() => instances.DisposeAsync();

        protected override HybridCache CacheOf(int instance) => instances.Services[instance].GetRequiredService<HybridCache>();
    }

    private sealed class Fusion(PeerInstances instances) : CacheInstances(Caches.Fusion)
    {
        private static readonly FusionCacheEntryOptions NotNear = new FusionCacheEntryOptions(PeerCaches.Lifetime).SetSkipMemoryCache();

        public override Task<string> GetAsync(int instance, string key, Func<Task<string>> source) => CacheOf(instance).GetOrSetAsync<string>(key, (_, _) => source()).AsTask();

        public override Task<string?> GetFromRedisAsync(int instance, string key) => CacheOf(instance).GetOrDefaultAsync<string>(key, options: NotNear).AsTask();

        public override Task SetAsync(int instance, string key, string value) => CacheOf(instance).SetAsync(key, value).AsTask();

        public override async Task WriteBesideAsync(IReadOnlyList<string> keys, string value)
        {
            var cache = instances._beside.GetRequiredService<IFusionCache>();
            foreach (var key in keys)
                await cache.SetAsync(key, value);
            await instances.RenameAsync();
        }

        public override Task RemoveBesideAsync(IReadOnlyList<string> keys) => instances.RemoveAsync(keys);

        public override ValueTask DisposeAsync() => instances.DisposeAsync();

        private IFusionCache CacheOf(int instance) => instances.Services[instance].GetRequiredService<IFusionCache>();
    }
}
