using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisAspire.Caching;
using RedisAspire.Tests.Support;
using RedisAspire.Topology;

namespace RedisAspire.Tests.Caching;

/// <summary>The cache in a service of an Aspire application, by the names that the app host sets.</summary>
public sealed class ReplicationClientTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_line_adds_the_cache_over_the_nodes_of_its_connection()
    {
        var builder = Create("shop");
        builder.AddRedisReplicationClient("shop");
        using var host = builder.Build();
        await host.StartAsync(Cancellation);

        await host.Services.GetRequiredService<HybridCache>().SetAsync("one-line", "value", cancellationToken: Cancellation);

        Assert.Equal(["shop-master", "shop-replica-1", "shop-replica-2"], host.Services.GetRequiredService<RedisTopology>().Snapshot.Nodes.Select(node => node.Name));
        Assert.Equal("value", (string?)await fixture.Redis.Master.ExecuteAsync("GET", "one-line"));
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Keyed_caches_have_nodes_options_and_health_of_their_own()
    {
        var builder = Create("one", "two");
        builder.Configuration["Aspire:RedisAspire:Caching:one:CacheOptions:KeyPrefix"] = "keyed-one:";
        builder.AddKeyedRedisReplicationClient("one");
        builder.AddKeyedRedisReplicationClient("two", configureOptions: options => options.KeyPrefix = "keyed-two:");
        using var host = builder.Build();
        await host.StartAsync(Cancellation);

        foreach (var name in new[] { "one", "two" })
            await host.Services.GetRequiredKeyedService<HybridCache>(name).SetAsync("key", name, cancellationToken: Cancellation);

        Assert.Equal("one", (string?)await fixture.Redis.Master.ExecuteAsync("GET", "keyed-one:key"));
        Assert.Equal("two", (string?)await fixture.Redis.Master.ExecuteAsync("GET", "keyed-two:key"));
        Assert.Same(host.Services.GetRequiredKeyedService<HybridCache>("one"), host.Services.GetRequiredKeyedService<ReplicatedCache>("one"));
        Assert.StartsWith("two-", host.Services.GetRequiredKeyedService<RedisTopology>("two").Snapshot.Master, StringComparison.Ordinal);
        Assert.Null(host.Services.GetService<HybridCache>());
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation);
        Assert.Equal(["near cache_one", "near cache_two", "redis_one", "redis_two"], report.Entries.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(HealthStatus.Healthy, report.Entries["redis_one"].Status);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public void Health_checks_can_be_left_out()
    {
        foreach (var section in new[] { "Aspire:RedisAspire:Caching", "Aspire:RedisAspire:Caching:shop" })
        {
            var builder = Create("shop");
            builder.Configuration[$"{section}:DisableHealthChecks"] = "true";
            builder.AddRedisReplicationClient("shop");
            using var host = builder.Build();

            Assert.Empty(host.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations);
        }
    }

    [Fact]
    public async Task Options_that_cannot_be_stop_the_start_of_a_keyed_cache_too()
    {
        var builder = Create("shop");
        builder.AddKeyedRedisReplicationClient("shop", configureOptions: options => options.MaximumNearEntries = 0);
        using var host = builder.Build();

        await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation));
    }

    private HostApplicationBuilder Create(params string[] connections)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        foreach (var connection in connections)
        {
            // The nodes of the fixture are called redis-master and so on.
            foreach (var node in fixture.Redis.Nodes)
                builder.Configuration[$"ConnectionStrings:{connection}{node.Name["redis".Length..]}"] = node.ConnectionString;
        }

        return builder;
    }
}
