using System.Net;
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

        using (var refused = await GetAsync(http, "/data/db:product:prod1"))
            Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));

        await application.Apis[0].Process.KillAsync();
        using (var gone = await GetAsync(http, "/data/foo"))
            Assert.Equal((HttpStatusCode.BadGateway, "application/problem+json"), (gone.StatusCode, gone.Content.Headers.ContentType?.MediaType));
    }

    private static async Task<HttpResponseMessage> GetAsync(HttpClient http, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Accept.ParseAdd("text/plain");
        return await http.SendAsync(request, Cancellation);
    }
}
