using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.ApiService.RateLimiting;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

public sealed class RateLimitTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static readonly Uri Nodes = new("/api/nodes", UriKind.Relative);

    // Every test is clients of its own: the nodes are shared.
    private readonly string _client = $"10.{Random.Shared.Next(256)}.{Random.Shared.Next(256)}.{Random.Shared.Next(256)}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_instances_share_one_limit()
    {
        await using var one = await StartAsync(fixture.Redis);
        await using var other = await StartAsync(fixture.Redis);
        using var oneClient = one.CreateClient();
        using var otherClient = other.CreateClient();

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => AskAsync(i % 2 == 0 ? oneClient : otherClient, _client)));

        // Permits are borrowed three at a time: an instance may be left with some that it does not use, or have used three on
        // credit when the other had taken them all.
        Assert.InRange(answers.Count(answer => answer == HttpStatusCode.OK), 18, 23);
        Assert.All(answers, answer => Assert.True(answer is HttpStatusCode.OK or HttpStatusCode.TooManyRequests));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(oneClient, "10.0.0.0"));
    }

    [Fact]
    public async Task Permits_that_are_borrowed_one_by_one_all_count()
    {
        await using var api = await StartAsync(fixture.Redis, ("RateLimit:PermitLimit", "5"), ("RateLimit:Chunk", "1"));
        using var client = api.CreateClient();

        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.OK, await AskAsync(client, _client));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(client, _client));
    }

    [Fact]
    public async Task Who_is_refused_is_told_when_to_come_back()
    {
        await using var api = await StartAsync(fixture.Redis);
        using var client = api.CreateClient();
        await ExhaustAsync(client, _client);

        using var response = await SendAsync(client, Nodes, _client);

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(429, (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("status").GetInt32());
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    public async Task Health_is_never_limited(string path)
    {
        await using var api = await StartAsync(fixture.Redis);
        using var client = api.CreateClient();
        await ExhaustAsync(client, _client);

        using var response = await SendAsync(client, new Uri(path, UriKind.Relative), _client);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task The_next_window_has_permits_again()
    {
        await using var api = await StartAsync(fixture.Redis, ("RateLimit:Window", "00:00:02"));
        using var client = api.CreateClient();
        await ExhaustAsync(client, _client);

        await Eventually.HoldsAsync("requests pass again", async () => await AskAsync(client, _client) == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_Redis_everybody_passes()
    {
        await using var api = await StartAsync(redis: null);
        using var client = api.CreateClient();

        for (var i = 0; i < 60; i++)
            Assert.Equal(HttpStatusCode.OK, await AskAsync(client, _client));
    }

    [Fact]
    public async Task When_the_master_is_lost_everybody_passes()
    {
        var own = new RedisFixture();
        await using var disposal = own;
        await own.InitializeAsync();
        await using var api = await StartAsync(own.Redis, ("RateLimit:LeaseTimeout", "00:00:00.050"));
        using var client = api.CreateClient();
        await own.Redis.Master.Process.KillAsync();

        await Eventually.HoldsAsync("nobody is limited", async () =>
        {
            var answers = new List<HttpStatusCode>();
            for (var i = 0; i < 30; i++)
                answers.Add(await AskAsync(client, _client));
            return answers.TrueForAll(answer => answer == HttpStatusCode.OK);
        });
    }

    [Fact]
    public async Task A_master_that_hangs_delays_nobody_for_long()
    {
        var own = new RedisFixture();
        await using var disposal = own;
        await own.InitializeAsync();
        await using var api = await StartAsync(own.Redis, ("RateLimit:LeaseTimeout", "00:00:01"), ("RateLimit:OpenAfterFailure", "01:00:00"));
        using var client = api.CreateClient();
        await own.Redis.Master.ExecuteAsync("CLIENT", "PAUSE", 60_000, "ALL");

        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < 60; i++)
            Assert.Equal(HttpStatusCode.OK, await AskAsync(client, _client));

        // Had each of them waited for Redis, it would have been a minute.
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("::1", "::1")]
    public void A_client_is_an_address_or_the_network_of_one_customer(string address, string client) =>
        Assert.Equal(client, ClientLimiter.ClientOf(IPAddress.Parse(address)));

    private static Task<ApiFactory> StartAsync(RedisReplication? redis, params (string Name, string? Value)[] settings) =>
        ApiFactory.StartAsync(redis,
        [
            ("TrustedProxies", "127.0.0.1"), ("RateLimit:PermitLimit", "20"), ("RateLimit:Chunk", "3"), ("RateLimit:Window", "01:00:00"),
            // Many tests share few cores: what is slow here is not down.
            ("RateLimit:LeaseTimeout", "00:00:10"),
            .. settings,
        ]);

    private static async Task ExhaustAsync(HttpClient client, string address) =>
        await Eventually.HoldsAsync("the limit is reached", async () => await AskAsync(client, address) == HttpStatusCode.TooManyRequests);

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string address)
    {
        using var response = await SendAsync(client, Nodes, address);
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, Uri path, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        // The test is the proxy that the service believes.
        request.Headers.Add("X-Forwarded-For", address);
        return await client.SendAsync(request, Cancellation);
    }
}
