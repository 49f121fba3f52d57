using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.Contracts;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

// Every test has nodes of its own, because it stops some or empties them.
public sealed class NodeTests() : OwnNodesApiTests(hasAdminKey: true)
{
    [Fact]
    public async Task Nodes_are_listed_with_role_state_and_lag()
    {
        var nodes = await NodesAsync();

        Assert.Equal(["redis-master", "redis-replica-1", "redis-replica-2"], nodes.Select(node => node.GetProperty("name").GetString()));
        Assert.Equal(["master", "replica", "replica"], nodes.Select(node => node.GetProperty("role").GetString()));
        Assert.All(nodes, node =>
        {
            Assert.Equal("up", node.GetProperty("status").GetString());
            Assert.True(node.GetProperty("memoryBytes").GetInt64() > 0);
            Assert.True(node.GetProperty("uptimeSeconds").GetDouble() >= 0);
            Assert.True(node.GetProperty("offset").GetInt64() >= 0);
        });
        Assert.Equal(Redis.Nodes.Select(node => $"127.0.0.1:{node.Port}"), nodes.Select(node => node.GetProperty("address").GetString()));
        Assert.All(nodes.Skip(1), node => Assert.Equal("up", node.GetProperty("link").GetString()));
        Assert.Single(nodes, node => node.GetProperty("isReadNode").GetBoolean());
    }

    [Fact]
    public async Task A_promotion_is_reported_while_it_goes_on_to_clients_that_accept_a_stream()
    {
        await using var api = await ApiFactory.StartAsync(Redis);
        using var client = api.CreateAdminClient();

        var promoted = await PromoteAsync("redis-replica-1", "?trace=1");
        var again = await PromoteAsync("redis-replica-1");
        var unknown = await PromoteAsync("nobody");

        Assert.Equal(("progress", 60), (promoted[0].Type, promoted[0].Data.GetProperty("maximumSeconds").GetInt32()));
        Assert.Equal(("result", "redis-replica-1", "master"), (promoted[^1].Type, promoted[^1].Data.GetProperty("name").GetString(), promoted[^1].Data.GetProperty("role").GetString()));
        var steps = promoted[^1].Data.GetProperty("trace").Deserialize<TraceStep[]>(JsonSerializerOptions.Web)!;
        Assert.Equal($"redis-cli -p {Redis.Master.Port} FAILOVER TO 127.0.0.1 {Redis.Nodes[1].Port} TIMEOUT 2000", steps.Last(step => step.Step == "handOver").Command);
        Assert.Contains($"redis-cli -p {Redis.Nodes[2].Port} REPLICAOF 127.0.0.1 {Redis.Nodes[1].Port}", steps.Where(step => step.Step == "follow").Select(step => step.Command));
        Assert.Contains("redis-replica-1 role master", steps.Select(step => $"{step.Node} {step.Step} {step.Outcome}"));
        Assert.Contains("redis-master role replica", steps.Select(step => $"{step.Node} {step.Step} {step.Outcome}"));
        Assert.Equal("redis-replica-1", Assert.Single(steps, step => step.Step == "master").Node);
        Assert.Equal(("failed", 409), (again[^1].Type, again[^1].Data.GetProperty("status").GetInt32()));
        Assert.Equal(("failed", 404), (unknown[^1].Type, unknown[^1].Data.GetProperty("status").GetInt32()));

        async Task<List<(string Type, JsonElement Data)>> PromoteAsync(string name, string query = "")
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/api/nodes/{name}/promote{query}", UriKind.Relative)) { Headers = { Accept = { new("text/event-stream") } } };
            using var response = await client.BeginAsync(request, Cancellation);
            Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            var events = new List<(string, JsonElement)>();
            await foreach (var (type, data) in response.EventsAsync(Cancellation))
                events.Add((type, data));
            return events;
        }
    }

    [Fact]
    public async Task A_killed_node_is_shown_as_down_with_the_reason()
    {
        await Redis.Nodes[2].Process.KillAsync();

        await Eventually.HoldsAsync("the node is down", async () => (await NodesAsync())[2].GetProperty("status").GetString() == "down");
        Assert.NotEmpty((await NodesAsync())[2].GetProperty("error").GetString()!);
    }

    [Fact]
    public async Task Emptying_the_cache_keeps_what_is_not_cache()
    {
        var master = Redis.Master;
        await master.ExecuteAsync("SETEX", "cached", 60, "1");
        await master.ExecuteAsync("SET", "projet", "redis cool");
        await master.ExecuteAsync("SETEX", "app:session", 60, "1");
        await master.ExecuteAsync("SETEX", "db:draft", 60, "1");

        using var response = await Client.DeleteAsync(new Uri("/api/cache", UriKind.Relative), Cancellation);

        Assert.Equal(1, (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("removed").GetInt64());
        Assert.Equal(3, (long)await master.ExecuteAsync("EXISTS", "projet", "app:session", "db:draft"));
    }

    [Fact]
    public async Task Emptying_the_cache_without_a_master_is_a_problem_that_says_so()
    {
        await Redis.Master.Process.KillAsync();
        await Eventually.HoldsAsync("the master is down", async () => (await NodesAsync())[0].GetProperty("status").GetString() == "down");

        using var response = await Client.DeleteAsync(new Uri("/api/cache", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    public async Task The_service_is_healthy_with_and_without_Redis(string path)
    {
        using var before = await Client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        foreach (var node in Redis.Nodes)
            await node.Process.KillAsync();
        await Eventually.HoldsAsync("every node is down", async () => (await NodesAsync()).All(node => node.GetProperty("status").GetString() == "down"));
        using var after = await Client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (before.StatusCode, after.StatusCode));
    }

    [Fact]
    public async Task An_unknown_path_is_a_problem()
    {
        using var response = await Client.GetAsync(new Uri("/api/nothing", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    private async Task<JsonElement[]> NodesAsync() =>
        (await Client.GetFromJsonAsync<JsonElement[]>(new Uri("/api/nodes", UriKind.Relative), Cancellation))!;
}
