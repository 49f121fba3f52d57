using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc.Testing.Handlers;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

/// <summary>What one visitor may leave behind and hold open, and who counts as one.</summary>
public sealed class VisitorLimitTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const string FrontendKey = "test-frontend-key";

    private static readonly Uri Queue = new("/api/queue", UriKind.Relative);
    private static readonly object Job = new { keys = (string[])["a"] };
    private static readonly Uri Session = new("/api/session", UriKind.Relative);
    private static readonly Uri Events = new("/api/events", UriKind.Relative);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sessions_and_jobs_without_end_are_refused_to_all_but_who_has_the_admin_key()
    {
        await using var api = await StartAsync(("RateLimit:CreationsPerMinute", "4"));
        using var strangers = new SocketsHttpHandler { UseCookies = false };
        using var visitor = new HttpClient(strangers) { BaseAddress = api.ClientOptions.BaseAddress };
        using var admin = api.CreateAdminClient();

        Assert.Equal([.. Enumerable.Repeat(HttpStatusCode.Accepted, 2)], await Repeat(2, () => visitor.PostAsJsonAsync(Queue, Job, Cancellation)));
        Assert.Equal([.. Enumerable.Repeat(HttpStatusCode.OK, 2)], await Repeat(2, () => visitor.GetAsync(Session, Cancellation)));

        using (var refused = await visitor.GetAsync(Session, Cancellation))
        {
            Assert.Equal((HttpStatusCode.TooManyRequests, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));
            Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
            Assert.False(refused.Headers.Contains("Set-Cookie"));
        }

        Assert.Equal([HttpStatusCode.TooManyRequests], await Repeat(1, () => visitor.PostAsJsonAsync(Queue, Job, Cancellation)));
        Assert.Equal([.. Enumerable.Repeat(HttpStatusCode.Accepted, 8)], await Repeat(8, () => admin.PostAsJsonAsync(Queue, Job, Cancellation)));
    }

    [Fact]
    public async Task A_visitor_who_comes_back_creates_nothing()
    {
        await using var api = await StartAsync(("RateLimit:CreationsPerMinute", "1"));
        using var visitor = api.CreateDefaultClient(new CookieContainerHandler());

        Assert.Equal([.. Enumerable.Repeat(HttpStatusCode.OK, 5)], await Repeat(5, () => visitor.GetAsync(Session, Cancellation)));
    }

    [Fact]
    public async Task A_job_of_many_keys_needs_the_admin_key()
    {
        await using var api = await StartAsync();
        using var visitor = api.CreateClient();
        using var admin = api.CreateAdminClient();

        foreach (var (client, keys, status) in new[] { (visitor, 10, HttpStatusCode.Accepted), (visitor, 11, HttpStatusCode.Unauthorized), (admin, 11, HttpStatusCode.Accepted) })
            Assert.Equal([status], await Repeat(1, () => client.PostAsJsonAsync(Queue, new { keys = Enumerable.Range(0, keys).Select(key => $"{key}") }, Cancellation)));
    }

    [Fact]
    public async Task One_visitor_does_not_take_every_stream()
    {
        await using var api = await StartAsync(("RateLimit:StreamsPerVisitor", "2"), ("Frontend:Key", FrontendKey));
        using var client = api.CreateClient();

        var first = await ListenAsync("192.0.2.1");
        using var second = await ListenAsync("192.0.2.1");
        using var third = await ListenAsync("192.0.2.1");
        using var other = await ListenAsync("192.0.2.2");

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.OK],
            new[] { first, second, third, other }.Select(answer => answer.StatusCode));
        Assert.Equal("application/problem+json", third.Content.Headers.ContentType?.MediaType);

        first.Dispose();
        await Eventually.HoldsAsync("there is room again", async () =>
        {
            using var again = await ListenAsync("192.0.2.1");
            return again.StatusCode == HttpStatusCode.OK;
        });

        async Task<HttpResponseMessage> ListenAsync(string visitor)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Events) { Headers = { { "X-Visitor-Address", visitor }, { "X-Frontend-Key", FrontendKey } } };
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        }
    }

    [Theory]
    [InlineData("", "X-Forwarded-For: 192.0.2.1", "127.0.0.1")]
    [InlineData("10.0.0.0/8", "X-Forwarded-For: 192.0.2.1", "127.0.0.1")]
    [InlineData("127.0.0.1", "X-Forwarded-For: 192.0.2.1", "192.0.2.1")]
    [InlineData("127.0.0.0/8,10.0.0.0/8", "X-Forwarded-For: 198.51.100.7, 192.0.2.1, 10.1.2.3", "192.0.2.1")]
    [InlineData("", "X-Visitor-Address: 192.0.2.1|X-Frontend-Key: test-frontend-key", "192.0.2.1")]
    [InlineData("", "X-Visitor-Address: 192.0.2.1|X-Frontend-Key: guessed", "127.0.0.1")]
    [InlineData("", "X-Visitor-Address: 192.0.2.1", "127.0.0.1")]
    [InlineData("", "X-Visitor-Address: nowhere|X-Frontend-Key: test-frontend-key", "127.0.0.1")]
    public async Task A_request_comes_from_where_a_trusted_proxy_or_the_front_end_says(string trusted, string headers, string client)
    {
        await using var api = await StartAsync(("TrustedProxies", trusted), ("Frontend:Key", FrontendKey));
        using var http = api.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/rate-limit", UriKind.Relative));
        foreach (var header in headers.Split('|').Select(header => header.Split(": ")))
            request.Headers.TryAddWithoutValidation(header[0], header[1]);

        using var answer = await http.SendAsync(request, Cancellation);

        Assert.Equal(client, (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("client").GetString());
    }

    [Fact]
    public async Task A_trusted_proxy_that_is_no_address_is_an_error_at_the_start() =>
        Assert.Contains("'everybody' is neither", (await Assert.ThrowsAsync<FormatException>(() => StartAsync(("TrustedProxies", "10.0.0.0/8,everybody")))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_name_that_the_service_is_not_reached_by_is_refused()
    {
        await using var api = await StartAsync();
        using var client = api.CreateClient();

        foreach (var (host, status) in new[] { ("localhost", HttpStatusCode.OK), ("api.localhost", HttpStatusCode.OK), ("127.0.0.1:5001", HttpStatusCode.OK), ("evil.example", HttpStatusCode.BadRequest), ("localhost.evil.example", HttpStatusCode.BadRequest) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/alive", UriKind.Relative)) { Headers = { Host = host } };
            using var answer = await client.SendAsync(request, Cancellation);
            Assert.Equal((host, status), (host, answer.StatusCode));
        }
    }

    private Task<ApiFactory> StartAsync(params (string Name, string? Value)[] settings) => ApiFactory.StartAsync(fixture.Redis, settings);

    private static async Task<HttpStatusCode[]> Repeat(int times, Func<Task<HttpResponseMessage>> send)
    {
        var statuses = new HttpStatusCode[times];
        for (var i = 0; i < times; i++)
        {
            using var answer = await send();
            statuses[i] = answer.StatusCode;
        }

        return statuses;
    }
}
