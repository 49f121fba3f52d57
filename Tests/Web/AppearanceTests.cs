using System.Net;
using Microsoft.Playwright;
using RedisAspire.Pages;

namespace RedisAspire.Tests.Web;

/// <summary>
/// Light or dark, in a browser that writes its cookies late: Chromium may send the next request without a cookie that a script
/// has just set, unless a script reads the cookies first.
/// </summary>
public sealed class AppearanceTests : IAsyncLifetime
{
    private const string WritesCookiesLate = """
        const native = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
        const late = [];
        Object.defineProperty(document, "cookie", {
          set: cookie => late.push(cookie),
          get: () => {
            late.splice(0).forEach(cookie => native.set.call(document, cookie));
            return native.get.call(document);
          },
        });
        """;

    private const string RefusesCookies = """
        Object.defineProperty(document, "cookie", { set: () => { }, get: () => "" });
        """;

    private readonly WebFactory _web = new();
    private Chromium? _chromium;

    public async ValueTask InitializeAsync()
    {
        _web.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        _web.StartServer();
        _chromium = await Chromium.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _chromium!.DisposeAsync();
        await _web.DisposeAsync();
    }

    [Fact]
    public async Task The_first_page_is_as_dark_as_the_system()
    {
        await using var page = await OpenAsync(WritesCookiesLate, ColorScheme.Dark);

        await ExpectAsync(page, "dark");
    }

    [Fact]
    public async Task The_button_of_a_page_of_text_changes_it()
    {
        await using var page = await OpenAsync(WritesCookiesLate, ColorScheme.Light);

        await page["appearance"].ClickAsync();

        await ExpectAsync(page, "dark");
    }

    [Fact]
    public async Task Who_refuses_cookies_has_the_light_page_and_waits_for_no_other()
    {
        await using var page = await OpenAsync(RefusesCookies, ColorScheme.Dark);

        await ExpectAsync(page, "light");
        Assert.Equal("navigate", await page.Page.EvaluateAsync<string>("() => performance.getEntriesByType('navigation')[0].type"));
    }

    private static Task ExpectAsync(BrowserPage page, string appearance) =>
        Assertions.Expect(page.Page.Locator($"html[data-ready][data-appearance={appearance}]")).ToBeAttachedAsync();

    private async Task<BrowserPage> OpenAsync(string script, ColorScheme colorScheme)
    {
        var page = new BrowserPage(await _chromium!.NewPageAsync(colorScheme: colorScheme));
        await page.Page.AddInitScriptAsync(script);
        await page.GotoAsync(new Uri(_web.ClientOptions.BaseAddress, "/how-it-works"));
        return page;
    }
}
