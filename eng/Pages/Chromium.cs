using Microsoft.Playwright;

namespace RedisAspire.Pages;

/// <summary>A real Chromium without a window.</summary>
internal sealed class Chromium(IPlaywright playwright, IBrowser browser) : IAsyncDisposable
{
    private const int Height = 900;

    // On a busy machine every request may be slow, and the first ones wait for the services to compile their code.
    private const int Patience = 60_000;

    /// <summary>Starts the browser that <c>CHROMIUM_PATH</c> names, or else Debian's.</summary>
    public static async Task<Chromium> StartAsync()
    {
        Assertions.SetDefaultExpectTimeout(Patience);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM_PATH") ?? "/usr/bin/chromium",
            // Chromium's own sandbox does not start as root, as in most containers.
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        });
        return new Chromium(playwright, browser);
    }

    /// <summary>A page of a visitor who has never been here: nothing is in the browser's cache.</summary>
    public async Task<IPage> NewPageAsync(int width = 1280, ColorScheme colorScheme = ColorScheme.Light, string language = "en")
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = Height },
            ColorScheme = colorScheme,
            Locale = language,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(Patience);
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }
}
