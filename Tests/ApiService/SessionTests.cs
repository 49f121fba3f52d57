using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Tests.Support;
using StackExchange.Redis;

namespace RedisAspire.Tests.ApiService;

public sealed class SessionTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private static readonly Uri Session = new("/api/session", UriKind.Relative);

    // One browser: it sends its cookie to every instance.
    private readonly CookieContainer _cookies = new();
    private ApiFactory _api = null!;
    private HttpClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiFactory.StartAsync(fixture.Redis);
        _client = Browse(_api);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task A_visitor_is_recognised_and_visits_are_counted()
    {
        var first = await GetAsync(_client);
        var second = await GetAsync(_client);

        Assert.Equal((1, 2), (first.GetProperty("visits").GetInt32(), second.GetProperty("visits").GetInt32()));
        Assert.Equal(Text(first, "id"), Text(second, "id"));
        Assert.Equal(Text(first, "since"), Text(second, "since"));
    }

    [Fact]
    public async Task The_cookie_is_out_of_reach_of_scripts_and_other_sites()
    {
        using var response = await _client.GetAsync(Session, Cancellation);

        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("redisaspire-session=", cookie);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_API_that_starts_before_its_nodes_logs_no_error()
    {
        await using var early = await ApiFactory.StartAsync(redis: null, ("ConnectionStrings:redis-master", "127.0.0.1:1"));

        Assert.Empty(early.Errors);
    }

    [Fact]
    public async Task A_session_survives_a_change_of_instance()
    {
        var put = await PutAsync(_client, "colour", "rouge ☕");
        // Whom the replica that is read there does not know yet would be given another session in place of this one.
        await fixture.Redis.WaitForReplicasAsync();
        await using var other = await ApiFactory.StartAsync(fixture.Redis);
        using var otherClient = Browse(other);

        var there = await GetAsync(otherClient);
        Assert.Equal((Text(put, "id"), "rouge ☕"), (Text(there, "id"), there.GetProperty("values").GetProperty("colour").GetString()));
        Assert.NotEqual(Text(put, "instance"), Text(there, "instance"));
    }

    [Fact]
    public async Task Instances_that_start_together_read_each_others_cookies()
    {
        await using var one = await ApiFactory.StartAsync(fixture.Redis);
        await using var two = await ApiFactory.StartAsync(fixture.Redis);
        var keys = await fixture.Redis.Master.ExecuteAsync("LRANGE", "app:data-protection:keys", 0, -1);
        await fixture.Redis.Master.ExecuteAsync("DEL", "app:data-protection:keys");
        try
        {
            var protectors = new[] { one, two }.Select(api => api.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test")).ToArray();
            var cookies = await Task.WhenAll(protectors.Select(protector => Task.Run(() => protector.Protect("mine"))));

            Assert.All(protectors, protector => Assert.All(cookies, cookie => Assert.Equal("mine", protector.Unprotect(cookie))));
            Assert.Equal(-1, (long)await fixture.Redis.Master.ExecuteAsync("TTL", "app:data-protection:keys"));
        }
        finally
        {
            await fixture.Redis.Master.ExecuteAsync("DEL", "app:data-protection:keys");
            foreach (var key in (RedisValue[])keys!)
                await fixture.Redis.Master.ExecuteAsync("RPUSH", "app:data-protection:keys", key);
        }
    }

    [Fact]
    public async Task Emptying_the_cache_leaves_sessions_alone()
    {
        var before = await GetAsync(_client);
        using var admin = _api.CreateAdminClient();

        using var cleared = await admin.DeleteAsync(new Uri("/api/cache", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.OK, cleared.StatusCode);
        var after = await GetAsync(_client);
        Assert.Equal((Text(before, "id"), 2), (Text(after, "id"), after.GetProperty("visits").GetInt32()));
    }

    [Fact]
    public async Task A_session_that_was_removed_begins_again()
    {
        var before = await PutAsync(_client, "a", "b");

        using var removed = await _client.DeleteAsync(Session, Cancellation);

        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Empty(_cookies.GetAllCookies());
        var after = await GetAsync(_client);
        Assert.NotEqual(Text(before, "id"), Text(after, "id"));
        Assert.Empty(after.GetProperty("values").EnumerateObject());
    }

    [Fact]
    public async Task Another_visitor_has_another_session()
    {
        var mine = await PutAsync(_client, "a", "b");
        using var other = new HttpClient { BaseAddress = _client.BaseAddress };

        Assert.NotEqual(Text(mine, "id"), Text(await GetAsync(other), "id"));
    }

    [Fact]
    public async Task A_forged_cookie_is_that_of_a_new_visitor()
    {
        _cookies.Add(_client.BaseAddress!, new Cookie("redisaspire-session", "forged"));

        Assert.Equal(1, (await GetAsync(_client)).GetProperty("visits").GetInt32());
    }

    [Fact]
    public async Task A_session_has_only_so_many_values()
    {
        for (var i = 0; i < 20; i++)
            await PutAsync(_client, $"v-{i}", "x");

        using var one = await SendAsync(_client, "v-20", """{"value":"x"}""");
        using var known = await SendAsync(_client, "v-5", """{"value":"y"}""");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.OK), (one.StatusCode, known.StatusCode));
    }

    [Theory]
    [InlineData("a:b", """{"value":"x"}""")]
    [InlineData("a", """{"value":null}""")]
    [InlineData("a", "{}")]
    [InlineData("a", """{"value":"x","more":1}""")]
    [InlineData("a", "")]
    public async Task What_is_no_value_is_refused(string name, string body)
    {
        using var response = await SendAsync(_client, name, body);

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task A_value_that_is_too_long_is_refused()
    {
        using var response = await SendAsync(_client, "a", $$"""{"value":"{{new string('x', 1001)}}"}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("1000", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Other_requests_open_no_session()
    {
        using var response = await _client.GetAsync(new Uri("/data/foo", UriKind.Relative), Cancellation);

        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    private static string Text(JsonElement answer, string property) => answer.GetProperty(property).GetString()!;

    private static Task<JsonElement> GetAsync(HttpClient client) => client.GetFromJsonAsync<JsonElement>(Session, Cancellation);

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string name, string body) => client.PutAsync(
        new Uri($"/api/session/{name}", UriKind.Relative), new StringContent(body, encoding: null, "application/json"), Cancellation);

    private static async Task<JsonElement> PutAsync(HttpClient client, string name, string value)
    {
        using var response = await SendAsync(client, name, JsonSerializer.Serialize(new { value }));
        return await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }

    private HttpClient Browse(ApiFactory api)
    {
        using var client = api.CreateClient();
        return new HttpClient(new SocketsHttpHandler { CookieContainer = _cookies }) { BaseAddress = client.BaseAddress };
    }
}
