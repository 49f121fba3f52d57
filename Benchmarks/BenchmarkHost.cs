using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisAspire.Caching;
using RedisAspire.RedisProcesses;
using RedisAspire.Topology;
using StackExchange.Redis;

namespace RedisAspire.Benchmarks;

/// <summary>A master with two replicas as real processes, the cache on them, and a plain connection beside it.</summary>
internal sealed class BenchmarkHost : IAsyncDisposable
{
    private readonly ProcessGuardian? _guardian;
    private readonly TemporaryDirectory? _data;
    private readonly IHost _host;

    private BenchmarkHost(IHost host, IConnectionMultiplexer plain, RedisReplication? redis, ProcessGuardian? guardian, TemporaryDirectory? data)
    {
        _host = host;
        Plain = plain;
        Redis = redis;
        _guardian = guardian;
        _data = data;
    }

    public ReplicatedCache Cache => _host.Services.GetRequiredService<ReplicatedCache>();

    public IServiceProvider Services => _host.Services;

    /// <summary>A connection to the master that the cache knows nothing of.</summary>
    public IConnectionMultiplexer Plain { get; }

    /// <summary>The processes, where this host has started them.</summary>
    public RedisReplication? Redis { get; }

    /// <summary>Starts Redis and the cache.</summary>
    public static async Task<BenchmarkHost> StartAsync()
    {
        var guardian = new ProcessGuardian();
        var data = new TemporaryDirectory();
        var redis = await RedisReplication.StartAsync(
            new RedisReplicationOptions { Password = "benchmark", DataDirectory = data.Path }, guardian, CancellationToken.None);
        return await ConnectAsync([.. redis.Nodes.Select(node => KeyValuePair.Create(node.Name, node.ConnectionString))], redis, guardian, data);
    }

    /// <summary>Starts the cache on nodes that are there already, and stay.</summary>
    public static Task<BenchmarkHost> ConnectAsync(RedisReplication redis, Action<ReplicatedCacheOptions>? configure = null) =>
        ConnectAsync([.. redis.Nodes.Select(node => KeyValuePair.Create(node.Name, node.ConnectionString))], configure: configure);

    private static async Task<BenchmarkHost> ConnectAsync(
        IReadOnlyList<KeyValuePair<string, string>> nodes, RedisReplication? redis = null, ProcessGuardian? guardian = null, TemporaryDirectory? data = null, Action<ReplicatedCacheOptions>? configure = null)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddReplicatedCache(configure);
        builder.Services.Configure<RedisTopologyOptions>(options =>
        {
            foreach (var (name, connectionString) in nodes)
                options.Nodes[name] = connectionString;
        });
        var host = builder.Build();
        await host.StartAsync();
        var plain = await ConnectionMultiplexer.ConnectAsync(nodes[0].Value);
        var started = new BenchmarkHost(host, plain, redis, guardian, data);
        await started.WaitUntilNearAsync();
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        Plain.Dispose();
        if (Redis is not null)
            await Redis.DisposeAsync();
        _guardian?.Dispose();
        _data?.Dispose();
    }

    // Until values stay in the process, figures would be of something else.
    private async Task WaitUntilNearAsync()
    {
        while ((await Cache.LookupAsync("warm-up", _ => ValueTask.FromResult("value"))).Level != CacheLevel.Near)
            await Task.Delay(10);
    }
}
