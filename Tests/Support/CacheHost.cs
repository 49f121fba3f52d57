using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisAspire.Caching;
using RedisAspire.Caching.Near;
using RedisAspire.RedisProcesses;
using RedisAspire.Topology;

namespace RedisAspire.Tests.Support;

/// <summary>The caching library alone, as an application of somebody else would host it.</summary>
internal sealed class CacheHost : IAsyncDisposable
{
    private readonly IHost _host;

    private CacheHost(IHost host) => _host = host;

    public ReplicatedCache Cache => Services.GetRequiredService<ReplicatedCache>();

    public RedisTopology Topology => Services.GetRequiredService<RedisTopology>();

    public NearCache Near => Services.GetRequiredService<NearCache>();

    public IServiceProvider Services => _host.Services;

    public static async Task<CacheHost> StartAsync(
        RedisReplication redis, Action<ReplicatedCacheOptions>? configure = null, Action<IServiceCollection>? services = null, Func<RedisServer, string>? reach = null)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        // Many tests share few cores: what is slow here is not down.
        builder.Services.AddReplicatedCache(options => options.OperationTimeout = TimeSpan.FromSeconds(2));
        if (configure is not null)
            builder.Services.Configure(configure);
        builder.Services.Configure<RedisTopologyOptions>(options =>
        {
            options.PollInterval = TimeSpan.FromMilliseconds(100);
            options.PollTimeout = TimeSpan.FromSeconds(3);
            foreach (var node in redis.Nodes)
                options.Nodes[node.Name] = reach?.Invoke(node) ?? node.ConnectionString;
            foreach (var sentinel in redis.Sentinels)
                options.Sentinels[sentinel.Name] = sentinel.ConnectionString;
            options.OperatorUser = redis.Users.Operator.Name;
            options.OperatorPassword = redis.Users.Operator.Password;
        });
        services?.Invoke(builder.Services);

        var host = new CacheHost(builder.Build());
        await host._host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(TestContext.Current.CancellationToken);
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }
}
