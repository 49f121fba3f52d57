using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

// Every test has nodes of its own, because it stops some or makes them hang.
public sealed class KeysFailureTests() : OwnNodesApiTests(hasAdminKey: true, ("Keys:OperationTimeout", "00:00:00.500"))
{
    [Fact]
    public async Task A_node_that_is_down_is_unavailable_and_the_others_are_not()
    {
        await Redis.Master.ExecuteAsync("SET", "a", "value");
        await Redis.Nodes[2].Process.KillAsync();
        await IsDownAsync(2);

        foreach (var path in new[] { "", "/tree", "/count", "/value" })
        {
            using var down = await Client.GetAsync(KeysClient.PathOf(path, ("node", "redis-replica-2"), ("key", "a")), Cancellation);
            using var up = await Client.GetAsync(KeysClient.PathOf(path, ("key", "a")), Cancellation);

            Assert.Equal(HttpStatusCode.OK, up.StatusCode);
            await IsUnavailableAsync(down, "redis-replica-2 is down.");
        }
    }

    [Fact]
    public async Task Without_a_master_keys_can_be_looked_at_but_not_changed()
    {
        await Redis.Master.ExecuteAsync("SET", "a", "value");
        await Eventually.HoldsAsync("the replica has it", async () => (long)await Redis.Nodes[1].ExecuteAsync("EXISTS", "a") == 1);
        await Redis.Master.Process.KillAsync();
        await IsDownAsync(0);

        var listed = await Client.KeysAsync("", ("node", "redis-replica-1"));
        using var deleted = await Client.DeleteAsync(KeysClient.PathOf("/value", ("key", "a")), Cancellation);
        using var expired = await Client.PutAsJsonAsync(KeysClient.PathOf("/ttl", ("key", "a")), new { seconds = 1 }, Cancellation);
        using var many = await Client.PostAsJsonAsync(KeysClient.PathOf("/delete"), new { pattern = "*" }, Cancellation);

        Assert.Equal("a", Assert.Single(listed.GetProperty("items").EnumerateArray()).Text("key"));
        foreach (var response in new[] { deleted, expired, many })
            await IsUnavailableAsync(response, "No Redis master is up.");
    }

    [Fact]
    public async Task Deleting_that_fails_on_the_way_says_so()
    {
        await Redis.FillAsync("page:", 1000);
        // Scans are answered, deletions wait.
        await Redis.Master.ExecuteAsync("CLIENT", "PAUSE", 20_000, "WRITE");

        var events = await Client.DeleteAllAsync(new { pattern = "page:*" });
        await Redis.Master.ExecuteAsync("CLIENT", "UNPAUSE");

        Assert.Equal(["progress", "failed"], events.Select(progress => progress.Event));
        Assert.Equal((503, "Redis did not answer in time."), (events[^1].Data.GetProperty("status").GetInt32(), events[^1].Data.Text("detail")));
    }

    private protected override Task<ApiFactory> StartAsync((string Name, string? Value)[] settings) => ApiFactory.StartQuietAsync(Redis, settings);

    private static async Task IsUnavailableAsync(HttpResponseMessage response, string detail)
    {
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Contains(detail, (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).Text("detail"));
    }

    private Task IsDownAsync(int node) => Eventually.HoldsAsync("the node is seen to be down", async () =>
        (await Client.GetFromJsonAsync<JsonElement>(new Uri("/api/nodes", UriKind.Relative), Cancellation))[node].Text("status") == "down");
}
