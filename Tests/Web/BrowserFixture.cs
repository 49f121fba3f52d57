using System.Net;
using Aspire.Hosting.Testing;
using Microsoft.Playwright;
using RedisAspire.Pages;
using RedisAspire.Tests.AppHost;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Web;

/// <summary>The application with one instance of the API, and a real Chromium to look at it.</summary>
public sealed class BrowserFixture() : RunningApplication("--Redis:Runtime=process", "--RedisAspire:Instances=1", "--RedisAspire:Class=true")
{
    private const int Height = 900;

    // Pages that tests have left, by their language. A new one costs the machine more than most tests do in it.
    private readonly Dictionary<string, Stack<IPage>> _idle = new(StringComparer.Ordinal) { ["en"] = [], ["fr"] = [] };
    private Chromium? _chromium;

    /// <summary>Where the page is, also after its process has been started again.</summary>
    internal Uri Url => Application.GetEndpoint("webfrontend");

    public override async ValueTask InitializeAsync()
    {
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

        // After a fault the API may refuse to change the roles for a moment: a client that is asked to try again does so.
        await Eventually.HoldsAsync($"{Redis.Master.Name} is the master again", async () =>
        {
            if (await Redis.CurrentMasterAsync() == Redis.Master)
                return true;
            using var promoted = await OrderAsync(Redis.Master.Name, "promote");
            Assert.True(promoted.IsSuccessStatusCode || promoted.StatusCode == HttpStatusCode.ServiceUnavailable, await promoted.Content.ReadAsStringAsync());
            return promoted.IsSuccessStatusCode;
        });
        await Redis.RestoreAsync();
    }

    /// <summary>Opens a page as an operator and waits until it is interactive.</summary>
    internal async Task<BrowserPage> OpenAsync(int width = 1280, ColorScheme colorScheme = ColorScheme.Light, string path = "/", string language = "en")
    {
        var page = new BrowserPage(await TakePageAsync(width, colorScheme, language), left => LeaveAsync(left, language));
        await page.GotoAsync(new Uri(Url, $"/login?t={AppHostUnderTest.OperatorToken}&returnUrl={Uri.EscapeDataString(path)}"));
        return page;
    }

    /// <summary>Opens a page as a visitor who has never been here and is not logged in.</summary>
    internal async Task<BrowserPage> OpenAsVisitorAsync(string path = "/", ColorScheme colorScheme = ColorScheme.Light)
    {
        var page = await NewPageAsync(colorScheme);
        await page.GotoAsync(new Uri(Url, path));
        return page;
    }

    /// <summary>Makes an empty page of a visitor who has never been here.</summary>
    internal async Task<BrowserPage> NewPageAsync(ColorScheme colorScheme = ColorScheme.Light) => new(await _chromium!.NewPageAsync(colorScheme: colorScheme));

    private async Task<IPage> TakePageAsync(int width, ColorScheme colorScheme, string language)
    {
        if (!_idle[language].TryPop(out var page))
            return await _chromium!.NewPageAsync(width, colorScheme, language);

        await page.SetViewportSizeAsync(width, Height);
        await page.EmulateMediaAsync(new() { ColorScheme = colorScheme, ReducedMotion = ReducedMotion.Reduce });
        return page;
    }

    // Nothing but the browser's cache is left of it: no cookie, no session storage, no circuit.
    private async ValueTask LeaveAsync(IPage page, string language)
    {
        await page.EvaluateAsync("() => { sessionStorage.clear(); localStorage.clear(); }");
        await page.GotoAsync("about:blank");
        await page.Context.ClearCookiesAsync();
        _idle[language].Push(page);
    }
}
