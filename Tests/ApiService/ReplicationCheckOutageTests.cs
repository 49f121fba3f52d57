using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

// Every test has nodes of its own, because it stops some.
public sealed class ReplicationCheckOutageTests() : OwnNodesApiTests(hasAdminKey: true)
{
    [Fact]
    public async Task A_replica_that_is_down_is_reported_as_such_and_the_others_are_checked()
    {
        await Redis.Nodes[2].Process.KillAsync();
        await IsSeenDownAsync(2);

        using var response = await BeginAsync(Client, "?writes=10");
        var (type, result) = await response.LastEventAsync();

        Assert.Equal(("result", false), (type, result.GetProperty("isPassed").GetBoolean()));
        Assert.Equal(["read", "down"], result.GetProperty("replicas").EnumerateArray().Select(replica => replica.GetProperty("status").GetString()));
        Assert.Equal(["up", "up", "down"], result.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("status").GetString()));
        Assert.Equal([true, true, false, false, true, false], result.GetProperty("tests").EnumerateArray().Select(test => test.GetProperty("isPassed").GetBoolean()));
    }

    [Fact]
    public async Task A_replica_that_hears_nothing_of_its_master_has_the_marker_too_late()
    {
        var replica = Redis.Nodes[1];
        await replica.ExecuteAsync("REPLICAOF", "127.0.0.1", 1);

        using var response = await BeginAsync(Client, "?writes=10");
        var (_, result) = await response.LastEventAsync();

        Assert.Equal("late", result.GetProperty("replicas")[0].GetProperty("status").GetString());
        Assert.Equal(("up", "down"), (result.GetProperty("nodes")[1].GetProperty("status").GetString(), result.GetProperty("nodes")[1].GetProperty("link").GetString()));
    }

    [Fact]
    public async Task A_master_that_goes_meanwhile_ends_the_stream_with_a_problem()
    {
        using var response = await BeginAsync(Client, "?writes=10000");
        var last = ("", default(JsonElement));
        await foreach (var item in response.EventsAsync(Cancellation))
        {
            last = item;
            if (item.Type == "progress" && item.Data.GetProperty("step").GetInt32() == 4)
                await Redis.Master.Process.KillAsync();
        }

        Assert.Equal("failed", last.Item1);
        Assert.Equal(503, last.Item2.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Without_a_master_there_is_nothing_to_check()
    {
        await Redis.Master.Process.KillAsync();
        await IsSeenDownAsync(0);

        using var response = await BeginAsync(Client, "");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_node_that_is_down_is_shown_as_last_seen_and_cannot_be_looked_into()
    {
        await Redis.Nodes[1].Process.KillAsync();
        await IsSeenDownAsync(1);

        var node = await Client.GetFromJsonAsync<JsonElement>(new Uri("/api/nodes/redis-replica-1", UriKind.Relative), Cancellation);
        Assert.Equal("7.0", node.GetProperty("info").GetProperty("server").GetProperty("redis_version").GetString()![..3]);
        foreach (var path in new[] { "slowlog", "commands", "clients", "config" })
        {
            using var response = await Client.GetAsync(new Uri($"/api/nodes/redis-replica-1/{path}", UriKind.Relative), Cancellation);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            using var other = await Client.GetAsync(new Uri("/api/nodes/redis-replica-2/slowlog", UriKind.Relative), Cancellation);
            Assert.True(other.StatusCode == HttpStatusCode.OK, await other.Content.ReadAsStringAsync(Cancellation));
        }
    }

    [Fact]
    public async Task A_node_that_hangs_is_not_waited_for()
    {
        var node = Redis.Nodes[1];
        node.Process.Send(Signal.Pause);

        using var response = await Client.GetAsync(new Uri("/api/nodes/redis-replica-1/clients", UriKind.Relative), Cancellation);

        node.Process.Send(Signal.Resume);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    internal static Task<HttpResponseMessage> BeginAsync(HttpClient client, string query) =>
        client.BeginAsync(new HttpRequestMessage(HttpMethod.Post, new Uri($"/api/replication/check{query}", UriKind.Relative)), Cancellation);

    private Task IsSeenDownAsync(int node) => Eventually.HoldsAsync("the node is down", async () =>
        (await Client.GetFromJsonAsync<JsonElement[]>(new Uri("/api/nodes", UriKind.Relative), Cancellation))![node].GetProperty("status").GetString() == "down");
}
