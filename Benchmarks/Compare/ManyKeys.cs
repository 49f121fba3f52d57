using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Benchmarks.Peers;
using RedisAspire.Caching.Near;
using RedisAspire.RedisProcesses;

namespace RedisAspire.Benchmarks.Compare;

/// <summary>A cache of its own that has very many entries in the process.</summary>
internal sealed class ManyKeys : IAsyncDisposable
{
    private const int FillStep = 5_000;
    private const string Prefix = "many:";

    private readonly BenchmarkHost _host;

    private ManyKeys(BenchmarkHost host, string[] names, double memoryRatio)
    {
        _host = host;
        Names = names;
        MemoryRatio = memoryRatio;
    }

    public HybridCache Cache => _host.Cache;

    public string[] Names { get; }

    /// <summary>By how much the heap has grown, divided by the size that the near cache states, which is what its bound is for.</summary>
    public double MemoryRatio { get; }

    /// <summary>Starts the cache, and reads every entry from Redis.</summary>
    public static async Task<ManyKeys> FillAsync(RedisReplication redis, int count)
    {
        // By default a node tracks a million keys at most, for all processes together, and takes others back out of the near caches.
        foreach (var node in redis.Nodes)
            await node.ExecuteAsync("CONFIG", "SET", "tracking-table-max-keys", 0);
        await FillRedisAsync(redis, Prefix, count);
        var host = await BenchmarkHost.ConnectAsync(redis, options =>
        {
            options.Expiration = PeerCaches.Lifetime;
            options.MaximumNearEntries = 2 * count;
            options.MaximumNearBytes = long.MaxValue / 2;
        });
        var near = host.Services.GetRequiredService<NearCache>();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, token) =>
            await host.Cache.GetOrCreateAsync($"{Prefix}{i}", 0, static (_, _) => ValueTask.FromResult("value"), cancellationToken: token));
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        if (near.Count < count)
            throw new InvalidOperationException($"{near.Count} of {count} entries are in the near cache.");
        return new ManyKeys(host, [.. Enumerable.Range(0, count).Select(i => $"{Prefix}{i}")], (double)grown / near.Bytes);
    }

    /// <summary>Writes entries to Redis as the cache writes them, some at a time so that the node goes on answering.</summary>
    public static async Task FillRedisAsync(RedisReplication redis, string prefix, int count)
    {
        for (var i = 0; i < count; i += FillStep)
            await redis.Master.ExecuteAsync("EVAL", "for i = ARGV[2], ARGV[2] + ARGV[3] - 1 do redis.call('SET', ARGV[1] .. string.format('%d', i), 'data_pour_' .. ARGV[1] .. string.format('%d', i), 'EX', 7200) end", 0, prefix, i, FillStep);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
