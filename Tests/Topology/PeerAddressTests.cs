using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Tests.Support;
using RedisAspire.Topology;

namespace RedisAspire.Tests.Topology;

/// <summary>Nodes that the application reaches at other addresses than the sentinels do, as behind the port mapping of containers.</summary>
public sealed class PeerAddressTests(SentinelFixture fixture) : IClassFixture<SentinelFixture>
{
    [Fact]
    public async Task The_sentinels_are_understood_and_a_certain_node_is_promoted()
    {
        var proxies = fixture.Redis.Nodes.ToDictionary(node => node.Name, node => new FlakyProxy(node.Port));
        await using var host = await CacheHost.StartAsync(
            fixture.Redis,
            services: services => services.Configure<RedisTopologyOptions>(options =>
            {
                foreach (var node in fixture.Redis.Nodes)
                    options.PeerAddresses[node.Name] = $"127.0.0.1:{node.Port}";
            }),
            reach: node => $"127.0.0.1:{proxies[node.Name].Port},password={node.ConnectionString.Split("password=")[1]}");
        await Eventually.HoldsAsync("the sentinels name a node that is known", () => host.Topology.Sentinels.Master is not null);

        await host.Services.GetRequiredService<RedisFailover>().PromoteAsync(fixture.Redis.Nodes[1].Name, TestContext.Current.CancellationToken);

        Assert.Equal(fixture.Redis.Nodes[1].Name, host.Topology.Snapshot.Master);
        await Eventually.HoldsAsync("the others follow it where they can reach it", async () =>
            (await Task.WhenAll(fixture.Redis.Sentinels.Select(sentinel => sentinel.MasterPortAsync()))).All(port => port == fixture.Redis.Nodes[1].Port));
        foreach (var proxy in proxies.Values)
            await proxy.DisposeAsync();
    }
}
