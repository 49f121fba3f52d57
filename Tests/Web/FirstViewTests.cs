using System.Net;
using Microsoft.AspNetCore.Mvc.Testing;
using RedisAspire.Pages;

namespace RedisAspire.Tests.Web;

/// <summary>What the first view of a page costs the API.</summary>
public sealed class FirstViewTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/")]
    [InlineData("/topology")]
    [InlineData("/workshop")]
    [InlineData("/keys")]
    [InlineData("/console")]
    [InlineData("/catalogue")]
    [InlineData("/lab")]
    [InlineData("/statistics")]
    public async Task Drawing_a_page_asks_for_the_nodes_once(string path)
    {
        await using var web = new WebFactory();
        using var http = web.CreateClient();

        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single(web.Api.Requests, "/api/nodes");
    }

    [Theory]
    [InlineData("/how-it-works", HttpStatusCode.OK)]
    [InlineData("/error", HttpStatusCode.OK)]
    [InlineData("/not-found", HttpStatusCode.OK)]
    [InlineData("/nowhere", HttpStatusCode.NotFound)]
    public async Task A_page_of_text_opens_no_circuit_and_asks_for_nothing(string path, HttpStatusCode status)
    {
        await using var web = new WebFactory();
        using var http = web.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });

        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), Cancellation);

        var page = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains("<h1", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<!--Blazor:{\"type\":\"server\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("blazor.web", page, StringComparison.Ordinal);
        Assert.Empty(web.Api.Requests);
    }

    [Theory]
    [InlineData("/catalogue", "/api/nodes", "/api/db/products", "/api/db/categories")]
    [InlineData("/keys?key=a", "/api/nodes", "/api/keys/tree", "/api/keys/value")]
    [InlineData("/statistics", "/api/nodes")]
    public async Task The_circuit_reads_nothing_that_was_read_to_draw_the_page(string path, params string[] expected)
    {
        await using var web = new WebFactory();
        web.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        web.StartServer();
        await using var chromium = await Chromium.StartAsync();
        await using var page = new BrowserPage(await chromium.NewPageAsync());

        await page.GotoAsync(new Uri(web.ClientOptions.BaseAddress, path));

        Assert.Equal(expected.Append("/api/events").Order(StringComparer.Ordinal), web.Api.Requests.Order(StringComparer.Ordinal));
        Assert.Empty(page.Errors);
    }
}
