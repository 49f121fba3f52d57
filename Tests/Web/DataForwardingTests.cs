using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using RedisAspire.Tests.AppHost;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Web;

/// <summary>The workshop's own lines, typed at the address of the page.</summary>
[Collection(nameof(ProcessApplicationCollection))]
public sealed class DataForwardingTests(ProcessApplication application) : IAsyncLifetime
{
    // What instances of the API have taken for an address, and not used yet.
    private const int Lent = 100;
    private const int Requests = 400;

    private readonly string _key = $"{Guid.NewGuid():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await application.RestoreAsync();

    public async ValueTask DisposeAsync() => await application.RestoreAsync();

    [Fact]
    public async Task Data_is_served_at_the_address_of_the_page_too()
    {
        using var http = new HttpClient { BaseAddress = application.Web.Url };

        using (var miss = await GetAsync(http, $"/data/a%2F{_key}%20c"))
        {
            Assert.Equal("MISS", Assert.Single(miss.Headers.GetValues("X-Cache")));
            Assert.Equal($"[SLOW] data_pour_a/{_key} c\n", await miss.Content.ReadAsStringAsync(Cancellation));
        }

        using (var dots = await GetAsync(http, "/data?key=.."))
            Assert.Equal("data_pour_..\n", (await dots.Content.ReadAsStringAsync(Cancellation)).Split(' ')[1]);

        using (var refused = await GetAsync(http, "/data/db:product:prod1"))
            Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));
    }

    [Theory]
    [InlineData("/data/x\\..\\..\\api\\keys\\value?key=app:data-protection:keys", "x\\..\\..\\api\\keys\\value")]
    [InlineData("/data/a%5C..%5C..%5Capi%5Cnodes", "a\\..\\..\\api\\nodes")]
    [InlineData("/data/a\\b", "a\\b")]
    [InlineData("/data/a/../b", "a/../b")]
    [InlineData("/data/..%2F..%2Fapi%2Fnodes", "../../api/nodes")]
    [InlineData("/data/a%2Fb%3Fkey=c%23d", "a/b?key=c#d")]
    [InlineData("/data/100%+1", "100%+1")]
    [InlineData("/data?key=a+b%2B..", "a b+..")]
    [InlineData("/data/%252F?bypassNear=true&ttl=5", "%2F")]
    [InlineData("/%64ata/foo\\bar", "foo\\bar")]
    [InlineData("http://localhost:PORT/data/absolute", "absolute")]
    public async Task A_request_line_means_the_same_at_both_addresses_and_never_another_address(string target, string key)
    {
        foreach (var port in new[] { application.Apis[0].Url.Port, application.Web.Url.Port })
        {
            var answer = await SendAsync(port, target.Replace("PORT", $"{port}", StringComparison.Ordinal));
            Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
            Assert.Contains($"] data_pour_{key}\n", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_a_change_requires_of_the_value_is_passed_on()
    {
        using var http = new HttpClient { BaseAddress = application.Web.Url };
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"/data/{_key}", UriKind.Relative)) { Content = JsonContent.Create(new { value = "changed" }) };
        request.Headers.TryAddWithoutValidation("If-Match", "\"another\"");
        request.Headers.Add("X-Admin-Key", AppHostUnderTest.AdminKey);

        using var refused = await http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.PreconditionFailed, refused.StatusCode);
    }

    [Theory]
    [InlineData("/", HttpStatusCode.OK)]
    [InlineData("/app.css", HttpStatusCode.OK)]
    [InlineData("/data/head", HttpStatusCode.OK)]
    [InlineData("/nothing", HttpStatusCode.NotFound)]
    public async Task Whatever_can_be_read_at_the_address_of_the_page_has_a_head(string address, HttpStatusCode status)
    {
        using var http = new HttpClient { BaseAddress = application.Web.Url };
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri(address, UriKind.Relative));

        using var response = await http.SendAsync(request, Cancellation);

        Assert.Equal(status, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory]
    [InlineData("//127.0.0.1:{0}/../../data/x")]
    [InlineData("//127.0.0.1:{0}/../../data/x\\..\\..\\latest\\meta-data")]
    [InlineData("http://127.0.0.1:{0}/data/x")]
    public async Task Nothing_is_fetched_from_an_address_in_the_request_line(string target)
    {
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();

        var answer = await SendAsync(application.Web.Url.Port, string.Format(CultureInfo.InvariantCulture, target, ((IPEndPoint)stranger.LocalEndpoint).Port));

        Assert.DoesNotContain("HTTP/1.1 5", answer, StringComparison.Ordinal);
        Assert.False(stranger.Pending(), "The page has connected to a stranger.");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task While_the_API_is_gone_a_problem_says_so()
    {
        using var http = new HttpClient { BaseAddress = application.Web.Url };
        foreach (var api in application.Apis)
            await api.KillAsync();

        using (var gone = await GetAsync(http, "/data/foo"))
            Assert.Equal((HttpStatusCode.BadGateway, "application/problem+json"), (gone.StatusCode, gone.Content.Headers.ContentType?.MediaType));

        await application.RestoreAsync();
        await Eventually.HoldsAsync("it is served again", async () =>
        {
            using var back = await GetAsync(http, "/data/foo");
            return back.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task A_value_is_changed_there_by_those_who_have_the_admin_key()
    {
        using var http = new HttpClient { BaseAddress = application.Web.Url };

        using var refused = await PutAsync(http, key: null);
        // 202 when Redis is slow for a moment: the old value is removed a little later then.
        await Eventually.HoldsAsync("it is changed everywhere", async () =>
        {
            using var changed = await PutAsync(http, AppHostUnderTest.AdminKey);
            Assert.True(changed.IsSuccessStatusCode);
            return changed.StatusCode == HttpStatusCode.NoContent;
        });
        using var read = await GetAsync(http, $"/data/{_key}");
        using var again = new HttpRequestMessage(HttpMethod.Get, new Uri($"/data/{_key}", UriKind.Relative)) { Headers = { IfNoneMatch = { read.Headers.ETag! }, Accept = { new("text/plain") } } };
        using var known = await http.SendAsync(again, Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.EndsWith("] new\n", await read.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }

    [Fact]
    public async Task Every_visitor_has_a_limit_of_his_own()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has more than one loopback address at once.");
        using var greedy = VisitorAt("127.0.0.2", application.Web.Url.Port);
        using var other = VisitorAt("127.0.0.3", application.Web.Url.Port);

        for (var i = 1; i < Requests; i++)
            (await GetAsync(greedy, "/data/foo")).Dispose();

        Assert.InRange(await RemainingAsync(greedy), ProcessApplication.PermitLimit - Requests - Lent, ProcessApplication.PermitLimit - Requests + Lent);
        Assert.InRange(await RemainingAsync(other), ProcessApplication.PermitLimit - 1 - Lent, ProcessApplication.PermitLimit - 1);
    }

    // RateLimit: "default";r=99871;t=3200
    private static async Task<int> RemainingAsync(HttpClient visitor)
    {
        using var answer = await GetAsync(visitor, "/data/foo");
        var remaining = Assert.Single(answer.Headers.GetValues("RateLimit")).Split(';').Single(part => part.StartsWith("r=", StringComparison.Ordinal));
        return int.Parse(remaining["r=".Length..], CultureInfo.InvariantCulture);
    }

    // As no client library would: the request line as it stands.
    private static async Task<string> SendAsync(int port, string target)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: text/plain\r\nConnection: close\r\n\r\n"), Cancellation);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Cancellation);
    }

    private async Task<HttpResponseMessage> PutAsync(HttpClient http, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"/data/{_key}", UriKind.Relative)) { Content = JsonContent.Create(new { value = "new" }) };
        if (key is not null)
            request.Headers.Add("X-Admin-Key", key);
        return await http.SendAsync(request, Cancellation);
    }

    internal static HttpClient VisitorAt(string address, int port) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
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
