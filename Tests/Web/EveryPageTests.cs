using Microsoft.Playwright;

namespace RedisAspire.Tests.Web;

/// <summary>What holds for all pages, whatever they are about.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class EveryPageTests(BrowserFixture fixture)
{
    public static TheoryData<string> Paths => [.. TouredPage.Paths];

    public static MatrixTheoryData<string, ColorScheme> Appearances => new(TouredPage.Paths, [ColorScheme.Light, ColorScheme.Dark]);

    [Theory]
    [MemberData(nameof(Appearances))]
    public async Task It_is_accessible_and_fits_a_phone_as_well_as_a_projector(string path, ColorScheme colorScheme)
    {
        await using var page = await fixture.OpenAsync(360, colorScheme, path);
        await TouredPage.At(path).ExpectContentAsync(page);
        await page.ExpectAccessibleAsync();
        Assert.Equal(0, await page.OverflowAsync());

        await page.Page.SetViewportSizeAsync(1920, 1080);

        await page.ExpectAccessibleAsync();
        Assert.Equal(0, await page.OverflowAsync());
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task It_is_used_with_the_keyboard_alone(string path)
    {
        var tour = TouredPage.At(path);
        await using var page = await fixture.OpenAsync(path: path);
        await tour.ExpectContentAsync(page);

        await tour.ActAsync(page);

        Assert.Empty(page.Errors);
    }
}
