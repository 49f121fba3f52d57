using Microsoft.Playwright;

namespace RedisAspire.Pages;

/// <summary>Pages by the marks that they carry for programs.</summary>
internal static class PageExtensions
{
    /// <summary>Selects something that only a usable page has: one that follows the events, or one without a circuit whose script has run.</summary>
    public const string Usable = "[data-testid=live][data-live=true], html[data-ready]";

    /// <summary>Opens an address and waits until the page is usable.</summary>
    public static async Task OpenAsync(this IPage page, Uri address)
    {
        await page.GotoAsync(address.ToString());
        await page.Locator(Usable).WaitForAsync(new() { State = WaitForSelectorState.Attached });
    }

    /// <summary>Presses what carries a mark, once it can be pressed.</summary>
    public static Task PressAsync(this IPage page, string mark) => page.GetByTestId(mark).ClickAsync();

    /// <summary>Waits until what carries a mark is seen, with a text in it if one is given.</summary>
    public static Task SeeAsync(this IPage page, string mark, string? text = null) =>
        page.GetByTestId(mark).Filter(new() { HasText = text }).First.WaitForAsync();

    /// <summary>Waits until the chart in what carries a mark is drawn.</summary>
    public static Task SeeChartAsync(this IPage page, string mark) => page.GetByTestId(mark).Locator("svg").First.WaitForAsync();
}
