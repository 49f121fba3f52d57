using Aspire.Hosting.Testing;
using Microsoft.Playwright;
using RedisAspire.Pages;
using RedisAspire.Tests.AppHost;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Web;

/// <summary>The application with one instance of the API, and a real Chromium to look at it.</summary>
public sealed class BrowserFixture() : RunningApplication("--Redis:Runtime=process", "--RedisAspire:Instances=1")
{
    private Chromium? _chromium;

    /// <summary>Where the page is, also after its process has been started again.</summary>
    internal Uri Url => Application.GetEndpoint("webfrontend");

    public override async ValueTask InitializeAsync()
    {
        // The first request waits for the services to compile their code, and on a busy machine every request may be slow.
        Assertions.SetDefaultExpectTimeout(20_000);
        await base.InitializeAsync();
        _chromium = await Chromium.StartAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        if (_chromium is not null)
            await _chromium.DisposeAsync();
        await base.DisposeAsync();
    }

    // The page's tests expect the roles of the start as well.
    public override async Task RestoreAsync()
    {
        await base.RestoreAsync();
        if (await Redis.CurrentMasterAsync() == Redis.Master)
            return;

        using var promoted = await OrderAsync(Redis.Master.Name, "promote");
        promoted.EnsureSuccessStatusCode();
        await Redis.RestoreAsync();
    }

    /// <summary>Opens a page as an operator and waits until it is interactive.</summary>
    internal async Task<BrowserPage> OpenAsync(int width = 1280, ColorScheme colorScheme = ColorScheme.Light, string path = "/", string language = "en")
    {
        var page = await NewPageAsync(width, colorScheme, language);
        await page.GotoAsync(new Uri(Url, $"/login?t={AppHostUnderTest.OperatorToken}&returnUrl={Uri.EscapeDataString(path)}"));
        return page;
    }

    /// <summary>Opens a page as a visitor who is not logged in.</summary>
    internal async Task<BrowserPage> OpenAsVisitorAsync(string path = "/")
    {
        var page = await NewPageAsync(1280, ColorScheme.Light, "en");
        await page.GotoAsync(new Uri(Url, path));
        return page;
    }

    private async Task<BrowserPage> NewPageAsync(int width, ColorScheme colorScheme, string language) => new(await _chromium!.NewPageAsync(width, colorScheme, language));
}
