using Microsoft.Playwright;

namespace RedisAspire.Tests.Web;

/// <summary>The API's reference page, in a real browser that obeys its Content-Security-Policy.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class ReferencePageTests(BrowserFixture fixture)
{
    [Fact]
    public async Task The_reference_shows_every_endpoint_and_nothing_of_it_is_blocked()
    {
        await using var page = await fixture.NewPageAsync();

        await page.Page.GotoAsync(new Uri(fixture.Apis[0].Url, "/reference").ToString());

        await Assertions.Expect(page.Page.Locator(".info .title")).ToContainTextAsync("RedisAspire");
        await Assertions.Expect(page.Page.Locator(".opblock-summary-path", new() { HasText = "/api/cache/stats" })).ToBeVisibleAsync();
        await page.Page.Locator("#operations-Data-GetData .opblock-summary-control").ClickAsync();
        await Assertions.Expect(page.Page.Locator("#operations-Data-GetData tr[data-param-name=key]")).ToBeVisibleAsync();
        Assert.Empty(page.Errors);
    }
}
