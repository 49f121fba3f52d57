using Microsoft.Playwright;

namespace RedisAspire.Tests.Web;

/// <summary>A window for every live page, every other one in French.</summary>
public sealed class OpenPages(BrowserFixture fixture) : IAsyncLifetime
{
    private readonly List<(TouredPage Tour, BrowserPage Page, bool IsFrench)> _all = [];

    internal BrowserFixture Application => fixture;

    public async ValueTask InitializeAsync()
    {
        foreach (var tour in TouredPage.All.Where(tour => tour.IsLive))
        {
            var isFrench = _all.Count % 2 == 1;
            _all.Add((tour, await fixture.OpenAsync(path: tour.Path, language: isFrench ? "fr" : "en"), isFrench));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, page, _) in _all)
            await page.DisposeAsync();
    }

    /// <summary>Does something with all of them at the same time.</summary>
    internal Task EachAsync(Func<BrowserPage, Task> action) => Task.WhenAll(_all.Select(open => action(open.Page)));

    /// <summary>Expects of all of them that they say something.</summary>
    internal Task ExpectAsync(string mark, string english, string french) => Task.WhenAll(_all.Select(open =>
        Assertions.Expect(open.Page[mark]).ToContainTextAsync(open.IsFrench ? french : english)));

    /// <summary>Expects of all of them that they follow what happens, show what they are about, and do what they are for.</summary>
    internal Task ExpectWorkingAsync() => Task.WhenAll(_all.Select(async open =>
    {
        await Assertions.Expect(open.Page["live"]).ToHaveAttributeAsync("data-live", "true");
        await Assertions.Expect(open.Page["live"]).ToBeEmptyAsync();
        await open.Tour.ExpectContentAsync(open.Page);
        await open.Page.Page.Locator(".skip-link").FocusAsync();
        await open.Tour.ActAsync(open.Page);
    }));
}
