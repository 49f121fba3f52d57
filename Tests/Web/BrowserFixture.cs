using Microsoft.Playwright;
using RedisAspire.Standalone;

namespace RedisAspire.Tests.Web;

/// <summary>The whole application as Standalone starts it, and a real Chromium to look at it.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal StandaloneApplication Application { get; private set; } = null!;

    internal Uri Url => Application.Web!.Url;

    public async ValueTask InitializeAsync()
    {
        Application = await StandaloneApplication.StartAsync(
            new LaunchOptions { WebPort = 0, ApiPort = 0, RedisPort = 0 }, DataDirectory.CreateTemporary(), LaunchLog.Silent, TestContext.Current.CancellationToken);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM_PATH") ?? "/usr/bin/chromium",
            // Chromium's own sandbox does not start as root, as in most containers.
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        await Application.DisposeAsync();
    }

    /// <summary>Opens a page and waits until it is interactive.</summary>
    internal async Task<BrowserPage> OpenAsync(int width = 1280, ColorScheme colorScheme = ColorScheme.Light, string path = "/", string language = "en")
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ColorScheme = colorScheme,
            Locale = language,
            ReducedMotion = ReducedMotion.Reduce,
        });
        var page = new BrowserPage(await context.NewPageAsync());
        await page.GotoAsync(new Uri(Url, path));
        return page;
    }
}
