using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

public sealed class HistoryTests(ApiFixture fixture) : ApiTests(fixture, hasAdminKey: true), IClassFixture<ApiFixture>
{
    private readonly string _key = $"key-{Guid.NewGuid():N}";

    [Fact]
    public async Task Look_ups_of_every_instance_are_listed_page_by_page()
    {
        await using var other = await ApiFactory.StartAsync(Redis);
        using var elsewhere = other.CreateClient();
        await Redis.Master.ExecuteAsync("DEL", "app:history");
        await LookUpAsync(Client, "1");
        await Eventually.HoldsAsync("the first look-up is in the history", async () => (await MineAsync()).Count == 1);
        await LookUpAsync(elsewhere, "2");
        await Eventually.HoldsAsync("the second look-up is in the history", async () => (await MineAsync()).Count == 2);

        var all = await MineAsync();
        Assert.Equal([$"{_key}-2", $"{_key}-1"], all.Select(entry => entry.GetProperty("key").GetString()));
        Assert.NotEqual(all[0].GetProperty("instance").GetString(), all[1].GetProperty("instance").GetString());
        Assert.All(all, entry => Assert.Equal("source", entry.GetProperty("level").GetString()));
        Assert.All(all, entry => Assert.InRange(entry.GetProperty("elapsedMs").GetDouble(), ApiFactory.LeastLatency.TotalMilliseconds, 60_000));
        Assert.All(all, entry => Assert.InRange(entry.GetProperty("time").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddSeconds(1)));

        var pages = new List<string>();
        string? cursor = null;
        do
        {
            var page = await PageAsync(cursor is null ? "?limit=1" : $"?limit=1&cursor={cursor}");
            pages.AddRange(page.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("id").GetString()!));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
        Assert.Equal(all.Select(entry => entry.GetProperty("id").GetString()), pages);
    }

    [Fact]
    public async Task It_is_forgotten_on_request_and_by_nobody_without_the_admin_key()
    {
        await LookUpAsync(Client, "x");
        await Eventually.HoldsAsync("the look-up is in the history", async () => (await MineAsync()).Count == 1);
        using var anybody = Api.CreateClient();

        using var refused = await anybody.DeleteAsync(new Uri("/api/history", UriKind.Relative), Cancellation);
        Assert.Single(await MineAsync());
        using var deleted = await Client.DeleteAsync(new Uri("/api/history", UriKind.Relative), Cancellation);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.NoContent), (refused.StatusCode, deleted.StatusCode));
        await Eventually.HoldsAsync("replicas have forgotten it as well", async () => (await MineAsync()).Count == 0);
    }

    [Fact]
    public async Task It_stays_short()
    {
        for (var i = 0; i < 1500; i++)
            await Redis.Master.ExecuteAsync("XADD", "app:history", "*", "key", "other");
        await LookUpAsync(Client, "last");

        await Eventually.HoldsAsync("old look-ups are gone", async () => (long)await Redis.Master.ExecuteAsync("XLEN", "app:history") < 1200);
    }

    [Fact]
    public async Task What_others_have_added_does_no_harm()
    {
        await Redis.Master.ExecuteAsync("XADD", "app:history", "*", "time", "99999999999999999999", "ms", "NaN", "key", _key + "-odd");

        await Eventually.HoldsAsync("a replica has it", async () => (await MineAsync()).Count == 1);
        var entry = Assert.Single(await MineAsync());
        Assert.Equal((0, DateTimeOffset.UnixEpoch), (entry.GetProperty("elapsedMs").GetDouble(), entry.GetProperty("time").GetDateTimeOffset()));
    }

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=501")]
    [InlineData("?limit=many")]
    [InlineData("?cursor=+")]
    [InlineData("?cursor=1-1-1")]
    [InlineData("?cursor=0-0")]
    [InlineData("?cursor=1-18446744073709551616")]
    public async Task A_page_that_cannot_be_is_a_problem(string query)
    {
        using var response = await Client.GetAsync(new Uri($"/api/history{query}", UriKind.Relative), Cancellation);

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task A_page_may_begin_before_any_id_there_can_be()
    {
        using var response = await Client.GetAsync(new Uri("/api/history?cursor=18446744073709551615-18446744073709551615", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Without_a_master_a_replica_tells_it_and_without_any_node_nobody_does()
    {
        var own = new RedisFixture();
        await own.InitializeAsync();
        await using var cleanup = own;
        await using var api = await ApiFactory.StartAsync(own.Redis);
        using var client = api.CreateClient();
        await LookUpAsync(client, "x");
        await Eventually.HoldsAsync("the look-up is in the history", async () => (await PageAsync("", client)).GetProperty("items").GetArrayLength() == 1);
        await own.Redis.WaitForReplicasAsync();

        await own.Redis.Master.Process.KillAsync();
        var page = await PageAsync("", client);
        foreach (var replica in own.Redis.Replicas)
            await replica.Process.KillAsync();
        using var response = await client.GetAsync(new Uri("/api/history", UriKind.Relative), Cancellation);

        Assert.StartsWith("redis-replica-", page.GetProperty("node").GetString());
        Assert.Equal($"{_key}-x", Assert.Single(page.GetProperty("items").EnumerateArray()).GetProperty("key").GetString());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    private async Task LookUpAsync(HttpClient client, string suffix)
    {
        using var response = await client.GetAsync(new Uri($"/data/{_key}-{suffix}", UriKind.Relative), Cancellation);
        response.EnsureSuccessStatusCode();
    }

    private Task<JsonElement> PageAsync(string query, HttpClient? client = null) => (client ?? Client).GetFromJsonAsync<JsonElement>(new Uri($"/api/history{query}", UriKind.Relative), Cancellation);

    private async Task<List<JsonElement>> MineAsync() =>
        [.. (await PageAsync("?limit=500")).GetProperty("items").EnumerateArray().Where(entry => entry.GetProperty("key").GetString()!.StartsWith(_key, StringComparison.Ordinal))];
}
