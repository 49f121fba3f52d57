using Microsoft.Playwright;

namespace RedisAspire.Tests.Web;

/// <summary>What holds for all pages, whatever they are about. Their own tests look at what they show only when asked.</summary>
[Collection(nameof(WholeApplicationCollection))]
public sealed class EveryPageTests(BrowserFixture fixture)
{
    public static TheoryData<string> Paths => [.. TouredPage.Paths];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task It_is_accessible_and_fits_a_phone_as_well_as_a_projector_and_is_used_with_the_keyboard_alone(string path)
    {
        var tour = TouredPage.At(path);
        await using var page = await fixture.OpenAsync(360, ColorScheme.Light, path);
        await tour.ExpectContentAsync(page);
        await ExpectGoodAsync(page);
        await page.Page.SetViewportSizeAsync(1920, 1080);
        await ExpectGoodAsync(page);
        await page.ExpectFilledAsync();
        await page.ExpectMarkedAsync();

        await page.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.Page.GotoAsync(page.Page.Url);
        await Assertions.Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-appearance", "dark");
        await page.ExpectReadyAsync();
        await tour.ExpectContentAsync(page);
        await ExpectGoodAsync(page);
        await tour.ActAsync(page);
        await page.Page.SetViewportSizeAsync(360, 900);
        await ExpectGoodAsync(page);
        Assert.Empty(page.Errors);
    }

    private static async Task ExpectGoodAsync(BrowserPage page)
    {
        await page.ExpectAccessibleAsync();
        await page.ExpectContrastAsync();
        await page.ExpectFittingAsync();
    }
}
