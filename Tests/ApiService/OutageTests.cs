using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Tests.Support;
using StackExchange.Redis;

namespace RedisAspire.Tests.ApiService;

/// <summary>What is kept in Redis beside the cache, while nodes are down. Every test has nodes of its own.</summary>
public sealed class OutageTests() : OwnNodesApiTests(hasAdminKey: false, ("Leaderboard:FlushInterval", "00:00:00.020"), ("SlowDatabase:Latency", "00:00:00"), ("Queue:PollInterval", "00:00:00.100"))
{
    [Fact]
    public async Task Without_a_master_replicas_answer_what_is_read_and_what_writes_says_so_until_it_is_back()
    {
        await RequestAsync("before");
        await Eventually.HoldsAsync("requests are counted", async () => await LeaderAsync() == "before");
        using var session = await Client.GetAsync(Path("/api/session"), Cancellation);
        Assert.Equal(HttpStatusCode.OK, session.StatusCode);

        await Redis.WaitForReplicasAsync();
        await Redis.Master.Process.KillAsync();
        await Eventually.HoldsAsync("the master is down", async () =>
            (await Client.GetFromJsonAsync<JsonElement>(Path("/api/nodes"), Cancellation))[0].GetProperty("status").GetString() == "down");

        await RequestAsync("meanwhile");
        Assert.Equal("before", await LeaderAsync());
        Assert.Equal(HttpStatusCode.OK, (await Client.GetAsync(Path("/api/counters"), Cancellation)).StatusCode);
        IsUnavailable(await Client.PostAsync(Path("/api/counters/a/increment"), content: null, Cancellation));
        IsUnavailable(await Client.GetAsync(Path("/api/session"), Cancellation));
        IsUnavailable(await EnqueueAsync("warmed"));
        IsUnavailable(await Client.GetAsync(Path("/api/queue"), Cancellation));

        await Redis.RestoreAsync();
        await Eventually.HoldsAsync("jobs are taken again", async () => (await EnqueueAsync("warmed")).StatusCode == HttpStatusCode.Accepted);
        await Eventually.HoldsAsync("and done", async () => (await Client.GetFromJsonAsync<JsonElement>(Path("/api/queue"), Cancellation)).GetProperty("processed").GetInt32() > 0);
        await Eventually.HoldsAsync("requests are counted again", async () =>
        {
            await RequestAsync("after");
            return await LeaderAsync() == "after";
        });
        var again = await Client.GetFromJsonAsync<JsonElement>(Path("/api/session"), Cancellation);
        Assert.Equal(2, again.GetProperty("visits").GetInt32());
    }

    [Fact]
    public async Task A_removal_that_the_master_has_not_done_is_accepted_with_what_is_outstanding()
    {
        using var admin = Api.CreateAdminClient();
        await RequestAsync("removed");
        using var done = await admin.DeleteAsync(Path("/data/removed"), Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, done.StatusCode);
        await Redis.Master.Process.KillAsync();

        using var accepted = await admin.DeleteAsync(Path("/data/removed"), Cancellation);

        var answer = await accepted.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal("removed", answer.Text("key"));
        Assert.Contains("other instances", answer.Text("outstanding"), StringComparison.Ordinal);
        await Redis.RestoreAsync();
        await Eventually.HoldsAsync("it is done at once again", async () =>
        {
            using var again = await admin.DeleteAsync(Path("/data/removed"), Cancellation);
            return again.StatusCode == HttpStatusCode.NoContent;
        });
    }

    [Fact]
    public async Task A_replica_that_is_lost_is_not_missed()
    {
        await RequestAsync("key");
        await Eventually.HoldsAsync("requests are counted", async () => await LeaderAsync() == "key");
        await Redis.WaitForReplicasAsync();

        foreach (var replica in Redis.Nodes.Skip(1))
        {
            await replica.Process.KillAsync();
            Assert.Equal("key", await LeaderAsync());
        }
    }

    [Theory]
    [InlineData(typeof(IOException))]
    public async Task What_a_client_passes_on_from_its_socket_is_told_as_a_lost_connection_and_costs_no_data(Type failure)
    {
        using var connection = await ConnectionMultiplexer.ConnectAsync(Redis.Master.ConnectionString);
        await using var api = await ApiFactory.StartAsync(Redis, services => services.AddKeyedSingleton(
            Redis.Master.Name, FaultyConnection.Before(connection, (Exception)Activator.CreateInstance(failure)!)));
        using var client = api.CreateClient();

        using var refused = await client.PostAsync(Path("/api/counters/a/increment"), content: null, Cancellation);
        using var data = await client.GetAsync(Path("/data/a"), Cancellation);

        Assert.Equal("The connection to Redis was lost. Try again in a moment.", (await refused.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("detail").GetString());
        IsUnavailable(refused);
        Assert.Equal((HttpStatusCode.OK, "MISS"), (data.StatusCode, data.Headers.GetValues("X-Cache").Single()));
    }

    private static Uri Path(string path) => new(path, UriKind.Relative);

    private static void IsUnavailable(HttpResponseMessage response)
    {
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        response.Dispose();
    }

    private async Task RequestAsync(string key)
    {
        using var response = await Client.GetAsync(Path($"/data/{key}"), Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private async Task<string?> LeaderAsync()
    {
        var items = (await Client.GetFromJsonAsync<JsonElement>(Path("/api/leaderboard?limit=1"), Cancellation)).GetProperty("items");
        return items.GetArrayLength() == 0 ? null : items[0].GetProperty("key").GetString();
    }

    private Task<HttpResponseMessage> EnqueueAsync(string key) =>
        Client.PostAsJsonAsync(Path("/api/queue"), new { keys = new[] { key } }, Cancellation);
}
