using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.ApiService.Keys;
using RedisAspire.Tests.Support;
using RedisAspire.Topology;

namespace RedisAspire.Tests.ApiService;

public sealed class KeysWriteTests(KeysFixture fixture) : IClassFixture<KeysFixture>, IAsyncLifetime
{
    private readonly HttpClient _client = fixture.Admin;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await fixture.Redis.Master.ExecuteAsync("FLUSHALL");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_time_to_live_is_set_and_taken_away()
    {
        await fixture.Redis.Master.ExecuteAsync("SET", "a/b", "value");

        using var set = await _client.PutAsJsonAsync(KeysClient.PathOf("/ttl", ("key", "a/b")), new { seconds = 100 }, Cancellation);
        var (statusOfSet, timeToLive) = (set.StatusCode, (long)await fixture.Redis.Master.ExecuteAsync("TTL", "a/b"));
        using var persisted = await _client.DeleteAsync(KeysClient.PathOf("/ttl", ("key", "a/b")), Cancellation);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (statusOfSet, persisted.StatusCode));
        Assert.InRange(timeToLive, 90, 100);
        Assert.Equal(-1, (long)await fixture.Redis.Master.ExecuteAsync("TTL", "a/b"));
    }

    [Fact]
    public async Task A_key_is_deleted_once()
    {
        byte[] key = [0xff, .. Encoding.UTF8.GetBytes(":x")];
        await fixture.Redis.Master.ExecuteAsync("SET", key, "value");

        using var deleted = await _client.DeleteAsync(KeysClient.PathOf("/value", ("key", @"\xff:x")), Cancellation);
        using var again = await _client.DeleteAsync(KeysClient.PathOf("/value", ("key", @"\xff:x")), Cancellation);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (deleted.StatusCode, again.StatusCode));
        Assert.Equal(0, (long)await fixture.Redis.Master.ExecuteAsync("EXISTS", key));
    }

    [Fact]
    public async Task A_deleted_key_is_not_served_from_the_process_any_more()
    {
        using var read = await _client.GetAsync(new Uri("/data/foo", UriKind.Relative), Cancellation);
        await Eventually.HoldsAsync("the value is cached in the process", async () => (await LevelAsync()) == "near");

        using var deleted = await _client.DeleteAsync(KeysClient.PathOf("/value", ("key", "foo")), Cancellation);

        await Eventually.HoldsAsync("the value comes from the database", async () => (await LevelAsync()) == "source");

        async Task<string> LevelAsync() => (await _client.GetFromJsonAsync<System.Text.Json.JsonElement>(new Uri("/data/foo", UriKind.Relative), Cancellation)).Text("level");
    }

    [Fact]
    public async Task Keys_are_deleted_by_pattern_as_announced()
    {
        await fixture.Redis.FillAsync("page:", 1500);
        await fixture.Redis.FillAsync("user:", 10);
        await fixture.Redis.Master.ExecuteAsync("HSET", "page:hash", "field", "value");

        var announced = await _client.AllAsync("/count", ("pattern", "page:*"), ("type", "string"));
        var events = await _client.DeleteAllAsync(new { pattern = "page:*", type = "string" });

        Assert.Equal((1500, 0), (announced.Sum(answer => answer.Number("keys")), announced.Sum(answer => answer.Number("spared"))));
        Assert.Equal(("progress", "result"), (events[0].Event, events[^1].Event));
        Assert.All(events, progress => Assert.Equal(1511, progress.Data.Number("keysOnNode")));
        Assert.Equal((1500, 0), (events[^1].Data.Number("deleted"), events[^1].Data.Number("spared")));
        Assert.Equal(11, (long)await fixture.Redis.Master.ExecuteAsync("DBSIZE"));
    }

    [Theory]
    [InlineData("*", 1, 3)]
    [InlineData("[ad]*", 0, 3)]
    [InlineData("db:*", 2, 0)]
    [InlineData("db:product:*", 1, 0)]
    [InlineData("d*", 0, 2)]
    [InlineData("app:history", 1, 0)]
    public async Task The_applications_own_keys_are_deleted_by_name_only(string pattern, int deleted, int spared)
    {
        foreach (var key in new[] { "page", "app:history", "db:products", "db:product:1" })
            await fixture.Redis.Master.ExecuteAsync("SET", key, "value");

        var announced = await _client.KeysAsync("/count", ("pattern", pattern));
        var events = await _client.DeleteAllAsync(new { pattern });

        Assert.Equal((deleted + spared, spared), (announced.Number("keys"), announced.Number("spared")));
        Assert.Equal((deleted, spared), (events[^1].Data.Number("deleted"), events[^1].Data.Number("spared")));
        Assert.Equal(4 - deleted, (long)await fixture.Redis.Master.ExecuteAsync("DBSIZE"));
    }

    [Fact]
    public async Task Deleting_stops_when_nobody_listens_any_more()
    {
        await fixture.Redis.FillAsync("page:", 2000);
        var remover = fixture.Api.Services.GetRequiredService<KeyRemover>();
        var database = fixture.Api.Services.GetRequiredService<RedisMaster>().Database;
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Assert.True(KeyPattern.TryRead("page:*", out var pattern));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in remover.RemoveAsync(database, pattern, type: null, leaving.Token))
                await leaving.CancelAsync();
        });

        Assert.InRange((long)await fixture.Redis.Master.ExecuteAsync("DBSIZE"), 1400, 2000);
    }

    [Theory]
    [InlineData("PUT", "/ttl?key=a", """{"seconds":0}""", "seconds")]
    [InlineData("PUT", "/ttl?key=a", """{"seconds":315360001}""", "seconds")]
    [InlineData("PUT", "/ttl", """{"seconds":1}""", "key")]
    [InlineData("DELETE", "/ttl", null, "key")]
    [InlineData("DELETE", "/value", null, "key")]
    [InlineData("POST", "/delete", """{"pattern":""}""", "pattern")]
    [InlineData("POST", "/delete", """{"pattern":"a","type":"any"}""", "type")]
    public async Task Bad_input_is_a_validation_problem(string method, string path, string? body, string wrong)
    {
        using var response = await SendAsync(_client, method, path, body);

        Assert.Equal([wrong], await KeysClient.ErrorsAsync(response));
    }

    [Theory]
    [InlineData("PUT", "/ttl?key=a", "{}")]
    [InlineData("PUT", "/ttl?key=a", """{"seconds":"1"}""")]
    [InlineData("POST", "/delete", "{}")]
    [InlineData("POST", "/delete", """{"pattern":null}""")]
    [InlineData("POST", "/delete", """{"pattern":"a","all":true}""")]
    public async Task A_body_that_is_not_what_is_expected_is_a_problem(string method, string path, string body)
    {
        using var response = await SendAsync(_client, method, path, body);

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Theory]
    [InlineData("PUT", "/ttl?key=a", """{"seconds":1}""")]
    [InlineData("DELETE", "/ttl?key=a", null)]
    public async Task What_there_is_not_is_not_found(string method, string path, string? body)
    {
        using var response = await SendAsync(_client, method, path, body);

        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Theory]
    [InlineData("PUT", "/ttl?key=a", """{"seconds":1}""")]
    [InlineData("DELETE", "/ttl?key=a", null)]
    [InlineData("DELETE", "/value?key=a", null)]
    [InlineData("POST", "/delete", """{"pattern":"*"}""")]
    public async Task Without_the_admin_key_nothing_is_changed(string method, string path, string? body)
    {
        await fixture.Redis.Master.ExecuteAsync("SET", "a", "value", "EX", 600);
        using var stranger = fixture.Api.CreateClient();

        using var response = await SendAsync(stranger, method, path, body);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.InRange((long)await fixture.Redis.Master.ExecuteAsync("TTL", "a"), 500, 600);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"/api/keys{path}", UriKind.Relative));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await client.SendAsync(request, Cancellation);
    }
}
