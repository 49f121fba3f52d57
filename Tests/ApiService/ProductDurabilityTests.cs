using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

// Every test has nodes of its own, because it stops some or changes them. They may be slow, since many tests share few
// cores, but a missing replica is not waited for.
public sealed class ProductDurabilityTests() : OwnNodesApiTests(hasAdminKey: true, ("Db:ReplicationTimeout", "00:00:00.500"), ("Db:OperationTimeout", "00:00:05"))
{
    private static readonly Uri Path = new("/api/db/products/keyboard", UriKind.Relative);

    [Fact]
    public async Task Without_replicas_a_write_is_accepted_but_not_called_durable()
    {
        foreach (var replica in Redis.Nodes.Skip(1))
            await replica.Process.KillAsync();
        await Eventually.HoldsAsync("the master has no replicas", async () => (await Redis.Master.InfoAsync("replication"))["connected_slaves"] == "0");

        using var response = await PutAsync();

        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.False(answer.GetProperty("durable").GetBoolean());
        Assert.Equal(0, answer.GetProperty("acknowledgedReplicas").GetInt32());
        Assert.Contains("may be lost if the master fails before a replica has it", answer.GetProperty("explanation").GetString()!);
        using var read = await Client.GetAsync(Path, Cancellation);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
    }

    [Fact]
    public async Task Waiting_for_replicas_holds_nobody_else_up()
    {
        foreach (var replica in Redis.Nodes.Skip(1))
            await replica.Process.KillAsync();

        var writes = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => PutAsync()));

        // Forty that waited one after the other would have kept the master from answering for twenty seconds.
        Assert.All(writes, write => Assert.True(write.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.Created or HttpStatusCode.OK));
        var nodes = await Client.GetFromJsonAsync<JsonElement>(new Uri("/api/nodes", UriKind.Relative), Cancellation);
        Assert.Equal("up", nodes[0].GetProperty("status").GetString());
    }

    [Fact]
    public async Task Without_a_master_nothing_was_written_and_the_answer_says_so()
    {
        await Redis.Master.Process.KillAsync();
        await Eventually.HoldsAsync("the master is down", async () =>
            (await Client.GetFromJsonAsync<JsonElement>(new Uri("/api/nodes", UriKind.Relative), Cancellation))[0].GetProperty("status").GetString() == "down");

        using var written = await PutAsync();
        using var read = await Client.GetAsync(Path, Cancellation);
        using var deleted = await Client.DeleteAsync(Path, Cancellation);
        using var check = await Client.GetAsync(new Uri("/api/db/consistency", UriKind.Relative), Cancellation);
        using var repair = await Client.PostAsync(new Uri("/api/db/consistency/repair", UriKind.Relative), content: null, Cancellation);
        using var seed = await Client.PostAsync(new Uri("/api/db/seed", UriKind.Relative), content: null, Cancellation);

        await IsUnavailableAsync(written, "The product was not written.");
        await IsUnavailableAsync(deleted, "The product was not written.");
        await IsUnavailableAsync(seed, "The product was not written.");
        await IsUnavailableAsync(read, "No Redis master is up.");
        await IsUnavailableAsync(check, "No Redis master is up.");
        await IsUnavailableAsync(repair, "No Redis master is up.");
    }

    [Theory]
    [InlineData("config set maxmemory 1", "no memory left")]
    [InlineData("config set min-replicas-to-write 5", "not enough replicas")]
    public async Task What_the_master_refuses_was_not_written_and_leaves_every_index_as_it_was(string command, string reason)
    {
        using var before = await PutAsync();
        var words = command.Split(' ');
        await Redis.Master.ExecuteAsync(words[0], words[1..]);

        using var replaced = await Client.PutAsJsonAsync(Path, new { name = "Clavier", category = "autres", price = 1, in_stock = true }, Cancellation);
        using var created = await Client.PutAsJsonAsync(new Uri("/api/db/products/mouse", UriKind.Relative), new { name = "Souris", category = "autres", price = 1, in_stock = true }, Cancellation);

        foreach (var response in new[] { replaced, created })
        {
            await IsUnavailableAsync(response, "The product was not written.");
            Assert.Contains(reason, await response.Content.ReadAsStringAsync(Cancellation));
        }

        Assert.Equal(1, (long)await Redis.Master.ExecuteAsync("EXISTS", "db:product:keyboard", "db:product:mouse", "db:category:autres"));
        Assert.Empty(await CatalogueDrift.FindAsync(Redis.Master));
    }

    [Fact]
    public async Task A_write_whose_answer_is_lost_may_have_happened()
    {
        await using var api = await ApiFactory.StartAsync(Redis, ("Db:OperationTimeout", "00:00:00.500"), ("Db:ReplicationTimeout", "00:00:00.100"));
        using var client = api.CreateAdminClient();
        using var first = await client.PutAsJsonAsync(Path, new { name = "n", category = "c", price = 1, in_stock = true }, Cancellation);
        await Redis.Master.ExecuteAsync("CLIENT", "PAUSE", 10_000, "ALL");

        using var response = await client.PutAsJsonAsync(Path, new { name = "n", category = "c", price = 2, in_stock = true }, Cancellation);

        await IsUnavailableAsync(response, "The product may have been written");
    }

    private static async Task IsUnavailableAsync(HttpResponseMessage response, string detail)
    {
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.NotNull(response.Headers.RetryAfter);
        var text = (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("detail").GetString()!;
        Assert.Contains(detail, text);
        Assert.DoesNotContain("test-password", text);
    }

    private Task<HttpResponseMessage> PutAsync() =>
        Client.PutAsJsonAsync(Path, new { name = "Clavier", category = "périphériques", price = 49.9, in_stock = true }, Cancellation);
}
