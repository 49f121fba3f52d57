using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using RedisAspire.Standalone;

namespace RedisAspire.Tests.Web;

/// <summary>The workshop's own lines, typed at the address of the page.</summary>
public sealed class DataForwardingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Data_is_served_at_the_address_of_the_page_too()
    {
        await using var application = await StandaloneApplication.StartAsync(
            new LaunchOptions { WebPort = 0, ApiPort = 0, RedisPort = 0, Replicas = 1 }, DataDirectory.CreateTemporary(), LaunchLog.Silent, Cancellation);
        using var http = new HttpClient { BaseAddress = application.Web!.Url };

        using (var miss = await GetAsync(http, "/data/a%2Fb%20c"))
        {
            Assert.Equal("MISS", Assert.Single(miss.Headers.GetValues("X-Cache")));
            Assert.Equal("[SLOW] data_pour_a/b c\n", await miss.Content.ReadAsStringAsync(Cancellation));
        }

        using (var dots = await GetAsync(http, "/data?key=.."))
            Assert.Equal("[SLOW] data_pour_..\n", await dots.Content.ReadAsStringAsync(Cancellation));

        using (var refused = await GetAsync(http, "/data/db:product:prod1"))
            Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));

        await application.Apis[0].Process.KillAsync();
        using (var gone = await GetAsync(http, "/data/foo"))
            Assert.Equal((HttpStatusCode.BadGateway, "application/problem+json"), (gone.StatusCode, gone.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task A_value_is_changed_there_by_those_who_have_the_admin_key()
    {
        await using var application = await StandaloneApplication.StartAsync(
            new LaunchOptions
            {
                WebPort = 0,
                ApiPort = 0,
                RedisPort = 0,
                Replicas = 1,
                AdminKey = "secret",
                ApiEnvironment = new Dictionary<string, string> { ["SlowDatabase__Latency"] = "00:00:00.050" },
            },
            DataDirectory.CreateTemporary(), LaunchLog.Silent, Cancellation);
        using var http = new HttpClient { BaseAddress = application.Web!.Url };

        using var refused = await PutAsync(http, key: null);
        using var changed = await PutAsync(http, "secret");
        using var read = await GetAsync(http, "/data/foo");
        using var again = new HttpRequestMessage(HttpMethod.Get, new Uri("/data/foo", UriKind.Relative)) { Headers = { IfNoneMatch = { read.Headers.ETag! } } };
        using var known = await http.SendAsync(again, Cancellation);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.NoContent), (refused.StatusCode, changed.StatusCode));
        Assert.Equal("[SLOW] new\n", await read.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }

    [Fact]
    public async Task One_visitor_who_asks_too_often_is_refused_and_no_other()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has more than one loopback address at once.");
        await using var application = await StandaloneApplication.StartAsync(
            new LaunchOptions
            {
                WebPort = 0,
                ApiPort = 0,
                RedisPort = 0,
                Replicas = 1,
                ApiEnvironment = new Dictionary<string, string>
                {
                    ["RateLimit__PermitLimit"] = "5",
                    ["RateLimit__Window"] = "01:00:00",
                    ["RateLimit__LeaseTimeout"] = "00:00:10",
                },
            },
            DataDirectory.CreateTemporary(), LaunchLog.Silent, Cancellation);
        using var greedy = VisitorAt("127.0.0.2", application.Web!.Url.Port);
        using var other = VisitorAt("127.0.0.3", application.Web!.Url.Port);

        for (var i = 0; i < 5; i++)
        {
            using var allowed = await GetAsync(greedy, "/data/foo");
            Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        }

        using var refused = await GetAsync(greedy, "/data/foo");
        using var welcome = await GetAsync(other, "/data/foo");

        Assert.Equal((HttpStatusCode.TooManyRequests, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, welcome.StatusCode);
    }

    private static async Task<HttpResponseMessage> PutAsync(HttpClient http, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri("/data/foo", UriKind.Relative)) { Content = JsonContent.Create(new { value = "new" }) };
        if (key is not null)
            request.Headers.Add("X-Admin-Key", key);
        return await http.SendAsync(request, Cancellation);
    }

    private static HttpClient VisitorAt(string address, int port) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri($"http://localhost:{port}"),
    };

    private static async Task<HttpResponseMessage> GetAsync(HttpClient http, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Accept.ParseAdd("text/plain");
        return await http.SendAsync(request, Cancellation);
    }
}
