using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

public sealed class RateLimitStateTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    // Every test is a client of its own: the nodes are shared.
    private readonly string _client = $"10.{Random.Shared.Next(256)}.{Random.Shared.Next(256)}.{Random.Shared.Next(256)}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_request_uses_one_permit_and_asking_for_the_state_is_one()
    {
        await using var api = await StartAsync(fixture.Redis);
        using var client = api.CreateClient();

        for (var used = 1; used <= 5; used++)
        {
            var state = await StateAsync(client);

            Assert.Equal((_client, "shared"), (state.GetProperty("client").GetString(), state.GetProperty("counting").GetString()));
            Assert.Equal((20, used, 20 - used), (state.GetProperty("limit").GetInt32(), state.GetProperty("used").GetInt32(), state.GetProperty("remaining").GetInt32()));
            Assert.InRange(state.GetProperty("resetSeconds").GetDouble(), 0, 3600);
        }
    }

    [Fact]
    public async Task What_another_instance_has_taken_is_seen()
    {
        await using var one = await StartAsync(fixture.Redis);
        await using var other = await StartAsync(fixture.Redis);
        using var oneClient = one.CreateClient();
        using var otherClient = other.CreateClient();

        // The fourth request of a window waits for Redis, if none before it has heard from there.
        for (var i = 0; i < 4; i++)
            await StateAsync(otherClient);
        for (var i = 0; i < 3; i++)
            await StateAsync(oneClient);
        var state = await StateAsync(oneClient);

        // The other has taken six permits, three at a time, and used four.
        Assert.Equal((10, 10), (state.GetProperty("used").GetInt32(), state.GetProperty("remaining").GetInt32()));
    }

    [Fact]
    public async Task Every_answer_says_it_in_its_headers_and_a_refusal_too()
    {
        await using var api = await StartAsync(fixture.Redis);
        using var client = api.CreateClient();

        using var first = await SendAsync(client, "/api/nodes");
        Assert.Equal("\"default\";q=20;w=3600", Header(first, "RateLimit-Policy"));
        Assert.StartsWith("\"default\";r=19;t=", Header(first, "RateLimit"));

        for (var i = 0; i < 19; i++)
            using (await SendAsync(client, "/api/nodes")) { }
        using var refused = await SendAsync(client, "/api/nodes");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.StartsWith("\"default\";r=0;t=", Header(refused, "RateLimit"));
    }

    [Fact]
    public async Task Health_which_is_never_limited_says_nothing_of_it()
    {
        await using var api = await StartAsync(fixture.Redis);
        using var client = api.CreateClient();

        using var response = await SendAsync(client, "/alive");

        Assert.False(response.Headers.Contains("RateLimit"));
    }

    [Fact]
    public async Task Where_no_limit_is_configured_the_answer_says_so()
    {
        await using var api = await ApiFactory.StartAsync(fixture.Redis);
        using var client = api.CreateClient();

        var state = await StateAsync(client);
        using var response = await SendAsync(client, "/api/nodes");

        Assert.Equal(("none", JsonValueKind.Null), (state.GetProperty("counting").GetString(), state.GetProperty("limit").ValueKind));
        Assert.False(response.Headers.Contains("RateLimit-Policy"));
    }

    [Fact]
    public async Task Without_Redis_it_says_that_everybody_passes()
    {
        await using var api = await StartAsync(redis: null);
        using var client = api.CreateClient();

        var state = await StateAsync(client);

        Assert.Equal(("open", 20, JsonValueKind.Null), (state.GetProperty("counting").GetString(), state.GetProperty("limit").GetInt32(), state.GetProperty("remaining").ValueKind));
    }

    private static Task<ApiFactory> StartAsync(RedisReplication? redis) => ApiFactory.StartAsync(redis,
    [
        ("TrustedProxies", "127.0.0.1"), ("RateLimit:PermitLimit", "20"), ("RateLimit:Chunk", "3"), ("RateLimit:Window", "01:00:00"), ("RateLimit:OpenAfterFailure", "01:00:00"),
        // Many tests share few cores: what is slow here is not down.
        ("RateLimit:LeaseTimeout", "00:00:10"),
    ]);

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));

    private async Task<JsonElement> StateAsync(HttpClient client)
    {
        using var response = await SendAsync(client, "/api/rate-limit");
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpClient client, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        // The test is the proxy that the service believes.
        request.Headers.Add("X-Forwarded-For", _client);
        return await client.SendAsync(request, Cancellation);
    }
}
