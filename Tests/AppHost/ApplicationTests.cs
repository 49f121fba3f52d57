using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using RedisAspire.Hosting;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.AppHost;

/// <summary>What the running application does, whatever Redis runs as.</summary>
public abstract class ApplicationTests(RunningApplication running) : IAsyncLifetime
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await running.RestoreAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    // The app host and the API poll the nodes each by themselves.
    private async Task AreThereThreeReplicasAsync()
    {
        var monitor = running.Application.Services.MonitorOf(running.Application.Redis());
        await Eventually.HoldsAsync(
            "the app host sees all nodes", () => monitor.Snapshot is { Master: not null } seen && seen.Nodes.All(node => node is { IsUp: true, CanRead: true }));
        await Eventually.HoldsAsync("the API sees three replicas", async () => (await running.RolesAsync()).Values.Count(role => role == "replica") == 3);
    }

    [Fact]
    public async Task A_key_misses_and_then_hits_through_the_web_front_end_and_all_replicas_hold_it()
    {
        Assert.SkipWhen(running.SkipReason is not null, running.SkipReason ?? "");
        using var web = running.Application.CreateHttpClient("webfrontend");

        var first = await web.GetFromJsonAsync<JsonElement>("/data/held", Cancellation);
        Assert.Equal("database", first.GetProperty("source").GetString());
        // The other instance does without Redis when it takes too long to answer its very first request.
        await Eventually.HoldsAsync("it is a hit", async () =>
            (await web.GetFromJsonAsync<JsonElement>("/data/held", Cancellation)).GetProperty("source").GetString() == "cache");
        foreach (var node in running.Application.Redis().Nodes)
            await Eventually.HoldsAsync($"{node.Name} holds it", async () => await running.ReadAsync(node.Name, "held") == first.GetProperty("data").GetString());
    }

    [Fact]
    public async Task The_master_is_killed_and_the_application_carries_on()
    {
        Assert.SkipWhen(running.SkipReason is not null, running.SkipReason ?? "");
        using var web = running.Application.CreateHttpClient("webfrontend");
        await AreThereThreeReplicasAsync();
        var master = (await running.RolesAsync()).First(node => node.Value == "master").Key;

        Assert.Equal(HttpStatusCode.NoContent, (await running.OrderAsync(master, "stop")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await web.GetAsync(new Uri("/data/without-master", UriKind.Relative), Cancellation)).StatusCode);
        await Eventually.HoldsAsync("another node is the master", async () => (await running.RolesAsync()).Any(node => node.Value == "master" && node.Key != master));

        Assert.Equal(HttpStatusCode.NoContent, (await running.OrderAsync(master, "start")).StatusCode);
        await Eventually.HoldsAsync("the old master follows it", async () => (await running.RolesAsync())[master] == "replica");
    }

    [Fact]
    public async Task The_dashboards_command_makes_another_node_the_master_and_the_API_follows()
    {
        Assert.SkipWhen(running.SkipReason is not null, running.SkipReason ?? "");
        await AreThereThreeReplicasAsync();
        var master = (await running.RolesAsync()).First(node => node.Value == "master").Key;

        var result = await ExecuteAsync("redis", "fail-over");

        Assert.True(result.Success, result.Message);
        await Eventually.HoldsAsync("another node is the master", async () => (await running.RolesAsync()) is var roles && roles[master] == "replica" && roles.Values.Contains("master"));
    }

    [Fact]
    public async Task The_dashboards_command_promotes_a_node_and_the_dashboard_shows_who_is_the_master()
    {
        Assert.SkipWhen(running.SkipReason is not null, running.SkipReason ?? "");
        await AreThereThreeReplicasAsync();
        var replica = (await running.RolesAsync()).First(node => node.Value == "replica").Key;

        var result = await ExecuteAsync(replica, "promote");

        Assert.True(result.Success, result.Message);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(Eventually.Limit);
        await running.Application.ResourceNotifications.WaitForResourceAsync(
            replica, change => change.Snapshot.Urls.Any(url => url.DisplayProperties.DisplayName.StartsWith("Master at ", StringComparison.Ordinal)), deadline.Token);
        await running.Application.ResourceNotifications.WaitForResourceAsync("redis", KnownResourceStates.Running, deadline.Token);
    }

    [Fact]
    public async Task The_dashboards_commands_empty_the_cache_and_complete_the_catalogue()
    {
        Assert.SkipWhen(running.SkipReason is not null, running.SkipReason ?? "");
        using var api = running.Application.CreateHttpClient("apiservice");
        var products = await api.GetFromJsonAsync<JsonElement>("/api/db/products?limit=1", Cancellation);
        var product = $"/api/db/products/{products.GetProperty("items")[0].GetProperty("id").GetString()}";
        await Eventually.HoldsAsync("a product is gone", async () => await StatusAsync(HttpMethod.Delete, product) is not HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(HttpMethod.Get, product));
        await Eventually.HoldsAsync("a value is cached", async () =>
            (await api.GetFromJsonAsync<JsonElement>("/data/flushed", Cancellation)).GetProperty("source").GetString() == "cache");

        // Each is refused while the API has no connection to the master.
        await Eventually.HoldsAsync("the cache is emptied", async () => (await ExecuteAsync("redis", "flush")).Success);
        await Eventually.HoldsAsync("the catalogue is completed", async () => (await ExecuteAsync("redis", "seed")).Success);

        foreach (var node in running.Application.Redis().Nodes)
            await Eventually.HoldsAsync($"{node.Name} holds the value no longer", async () => await running.ReadAsync(node.Name, "flushed") is null);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, product));
    }

    [Fact]
    public async Task A_sentinel_can_be_paused_and_resumed_and_says_so_when_it_cannot()
    {
        Assert.SkipWhen(running.SkipReason is not null, running.SkipReason ?? "");

        Assert.Equal(HttpStatusCode.NoContent, (await running.OrderAsync("redis-sentinel-3", "pause")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await running.OrderAsync("redis-sentinel-3", "pause")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await running.OrderAsync("redis-sentinel-3", "resume")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await running.OrderAsync("nothing", "pause")).StatusCode);
    }

    private Task<ExecuteCommandResult> ExecuteAsync(string name, string command) =>
        running.Application.ResourceCommands.ExecuteCommandAsync(running.Application.Resources().Single(resource => resource.Name == name), command, Cancellation);

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path)
    {
        using var answer = await running.SendAsync(method, path);
        return answer.StatusCode;
    }
}
