using Microsoft.Playwright;
using RedisAspire.Pages;
using RedisAspire.Standalone;

namespace RedisAspire.Tests.Web;

/// <summary>The whole application as Standalone starts it, and a real Chromium to look at it.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private Chromium? _chromium;

    internal StandaloneApplication Application { get; private set; } = null!;

    internal Uri Url => Application.Web!.Url;

    public async ValueTask InitializeAsync()
    {
        // Whoever comes first waits until the services have compiled what they run, and on a busy machine so does everybody.
        Assertions.SetDefaultExpectTimeout(20_000);
        Application = await StandaloneApplication.StartAsync(
            new LaunchOptions { WebPort = 0, ApiPort = 0, RedisPort = 0 }, DataDirectory.CreateTemporary(), LaunchLog.Silent, TestContext.Current.CancellationToken);
        _chromium = await Chromium.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null)
            await _chromium.DisposeAsync();
        await Application.DisposeAsync();
    }

    /// <summary>Opens a page and waits until it is interactive.</summary>
    internal async Task<BrowserPage> OpenAsync(int width = 1280, ColorScheme colorScheme = ColorScheme.Light, string path = "/", string language = "en")
    {
        var page = new BrowserPage(await _chromium!.NewPageAsync(width, colorScheme, language));
        await page.GotoAsync(new Uri(Url, path));
        return page;
    }
}
