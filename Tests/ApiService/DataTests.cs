using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching.Near;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

public sealed class DataTests(ApiFixture fixture) : ApiTests(fixture, hasAdminKey: true), IClassFixture<ApiFixture>
{
    private readonly string _key = $"key-{Guid.NewGuid():N}";

    [Fact]
    public async Task The_first_request_is_a_slow_miss_and_the_second_a_fast_hit()
    {
        // Until then the master is asked for what has just been written.
        await Eventually.HoldsAsync("the near cache is open", () => Api.Services.GetRequiredService<NearCache>().IsOn);
        using var miss = await GetAsync(_key);
        await Redis.WaitForReplicasAsync();
        using var hit = await GetAsync(_key);

        var (missed, found) = (await JsonAsync(miss), await JsonAsync(hit));
        Assert.Equal("MISS", Assert.Single(miss.Headers.GetValues("X-Cache")));
        Assert.Equal("HIT", Assert.Single(hit.Headers.GetValues("X-Cache")));
        Assert.Equal(("database", "source"), (Text(missed, "source"), Text(missed, "level")));
        Assert.Equal(("cache", "redis"), (Text(found, "source"), Text(found, "level")));
        Assert.All([missed, found], answer => Assert.Equal((_key, $"data_pour_{_key}"), (Text(answer, "key"), Text(answer, "data"))));
        Assert.Equal(JsonValueKind.Null, missed.GetProperty("node").ValueKind);
        Assert.StartsWith("redis-replica-", Text(found, "node"));
        Assert.True(missed.GetProperty("elapsedMs").GetDouble() >= ApiFactory.LeastLatency.TotalMilliseconds);
        Assert.True(found.GetProperty("elapsedMs").GetDouble() < missed.GetProperty("elapsedMs").GetDouble());
        Assert.InRange(found.GetProperty("ttlSeconds").GetDouble(), 50, 60);
        Assert.True(found.GetProperty("timestamp").GetDateTimeOffset() >= missed.GetProperty("timestamp").GetDateTimeOffset());
        Assert.StartsWith("redis;dur=", Assert.Single(hit.Headers.GetValues("Server-Timing")));
    }

    [Theory]
    [InlineData("foo", "valeur_de_foo")]
    [InlineData("bar", "valeur_de_bar")]
    [InlineData("utilisateurs actifs", "data_pour_utilisateurs actifs")]
    [InlineData("a/b?c#d%e&f+g", "data_pour_a/b?c#d%e&f+g")]
    [InlineData("a%2Fb", "data_pour_a%2Fb")]
    [InlineData("<script>alert(1)</script>", "data_pour_<script>alert(1)</script>")]
    [InlineData("clé ☕ 🎉 مرحبا", "data_pour_clé ☕ 🎉 مرحبا")]
    public async Task Every_key_has_its_value(string key, string value)
    {
        using var response = await GetAsync(key);

        var answer = await JsonAsync(response);
        Assert.Equal((key, value), (Text(answer, "key"), Text(answer, "data")));
        Assert.Equal(value, (string?)await Redis.Master.ExecuteAsync("GET", key));
    }

    [Fact]
    public async Task Plain_text_is_the_workshops_line()
    {
        Assert.Equal($"[SLOW] data_pour_{_key}\n", await TextLineAsync());
        await OnEveryNodeAsync(_key);
        Assert.Equal($"[CACHE] data_pour_{_key}\n", await TextLineAsync());

        async Task<string> TextLineAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, PathOf(_key));
            request.Headers.Accept.ParseAdd("text/plain");
            using var response = await Client.SendAsync(request, Cancellation);
            Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
            return await response.Content.ReadAsStringAsync(Cancellation);
        }
    }

    [Theory]
    [InlineData(null, "application/json")]
    [InlineData("", "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("image/png", "application/json")]
    [InlineData("no type", "application/json")]
    [InlineData("text/plain", "text/plain")]
    [InlineData("TEXT/Plain", "text/plain")]
    [InlineData("text/*", "text/plain")]
    [InlineData("text/plain; charset=utf-8", "text/plain")]
    [InlineData("text/plain, */*", "text/plain")]
    [InlineData("application/json, text/plain", "application/json")]
    [InlineData("text/plain, application/json", "text/plain")]
    [InlineData("application/json;q=0.5, text/*", "text/plain")]
    [InlineData("text/*, text/plain;q=0.1, application/*;q=0.2", "application/json")]
    [InlineData("text/plain;q=0", "application/json")]
    [InlineData("text/plain;q=0, */*", "application/json")]
    [InlineData("application/json;q=0, */*", "text/plain")]
    [InlineData("APPLICATION/JSON;q=0, TEXT/*;q=0.1", "text/plain")]
    public async Task The_form_is_the_one_that_is_accepted_most(string? accept, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, PathOf(_key));
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);

        using var response = await Client.SendAsync(request, Cancellation);

        Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task Another_clients_value_is_a_hit_and_ours_is_readable_by_others()
    {
        await Redis.Master.ExecuteAsync("SETEX", _key, 60, "bar");
        await OnEveryNodeAsync(_key);

        using var response = await GetAsync(_key);

        var answer = await JsonAsync(response);
        Assert.Equal(("cache", "bar"), (Text(answer, "source"), Text(answer, "data")));
    }

    [Fact]
    public async Task A_deleted_key_is_slow_again()
    {
        using var first = await GetAsync(_key);
        await OnEveryNodeAsync(_key);

        using var deleted = await Client.DeleteAsync(PathOf(_key), Cancellation);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await Eventually.HoldsAsync("no node holds the key", async () =>
            (await Task.WhenAll(Redis.Nodes.Select(node => node.ExecuteAsync("EXISTS", _key)))).All(exists => (long)exists == 0));
        using var again = await GetAsync(_key);
        Assert.Equal("database", Text(await JsonAsync(again), "source"));
    }

    [Fact]
    public async Task Without_any_Redis_a_removal_leaves_nothing_outstanding()
    {
        await using var api = await ApiFactory.StartAsync(redis: null);
        using var admin = api.CreateAdminClient();

        using var deleted = await admin.DeleteAsync(PathOf(_key), Cancellation);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    [Theory]
    [InlineData("/data/")]
    [InlineData("/data/a%01b")]
    [InlineData("/data/a%7fb")]
    [InlineData("/data/a%0d%0ab")]
    [InlineData("/data/%ff%fe")]
    [InlineData("/data/db:product:prod1")]
    [InlineData("/data/app:history")]
    public async Task A_bad_key_is_a_problem_and_touches_nothing(string path)
    {
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Delete })
        {
            using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
            using var response = await Client.SendAsync(request, Cancellation);

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            var problem = await JsonAsync(response);
            Assert.Equal(400, problem.GetProperty("status").GetInt32());
            Assert.NotEmpty(Text(problem, "detail"));
        }
    }

    [Fact]
    public async Task A_key_has_at_most_512_characters()
    {
        using var accepted = await GetAsync(_key + new string('x', 512 - _key.Length));
        using var rejected = await GetAsync(_key + new string('x', 513 - _key.Length));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (accepted.StatusCode, rejected.StatusCode));
    }

    [Fact]
    public async Task Without_Redis_data_is_served_from_the_database()
    {
        await using var api = await ApiFactory.StartAsync(redis: null);
        using var client = api.CreateClient();

        for (var i = 0; i < 2; i++)
        {
            var answer = await client.GetFromJsonAsync<JsonElement>(new Uri("/data/foo", UriKind.Relative), Cancellation);
            Assert.Equal(("database", "valeur_de_foo"), (Text(answer, "source"), Text(answer, "data")));
            Assert.Equal(JsonValueKind.Null, answer.GetProperty("ttlSeconds").ValueKind);
        }
    }

    private static Uri PathOf(string key) => new($"/data/{Uri.EscapeDataString(key)}", UriKind.Relative);

    private static string Text(JsonElement answer, string property) => answer.GetProperty(property).GetString()!;

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);

    private Task<HttpResponseMessage> GetAsync(string key) => Client.GetAsync(PathOf(key), Cancellation);

    private Task OnEveryNodeAsync(string key) =>
        Eventually.HoldsAsync($"every node holds {key}", async () =>
            (await Task.WhenAll(Redis.Nodes.Select(node => node.ExecuteAsync("EXISTS", key)))).All(exists => (long)exists == 1));
}
