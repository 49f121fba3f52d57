namespace RedisAspire.Tests.Web;

/// <summary>A page without a mouse.</summary>
internal static class Keyboard
{
    // More than any page has.
    private const int Steps = 120;

    /// <summary>Presses a key.</summary>
    public static Task PressAsync(this BrowserPage page, string key) => page.Page.Keyboard.PressAsync(key);

    /// <summary>Presses the tabulator until something has the focus. Nothing keeps the focus, however fast it is pressed.</summary>
    public static async Task TabToAsync(this BrowserPage page, string mark)
    {
        for (var step = 0; step < Steps; step++)
        {
            await page.Page.EvaluateAsync("() => { window.before = document.activeElement; }");
            await page.PressAsync("Tab");
            if (await page.Page.EvaluateAsync<bool>("mark => document.activeElement.closest('[data-testid]')?.dataset.testid === mark", mark))
                return;
            var kept = await page.Page.EvaluateAsync<string>("() => window.before === document.activeElement && window.before !== document.body ? window.before.outerHTML.slice(0, 200) : ''");
            Assert.True(kept.Length == 0, $"The tabulator does not leave {kept}.");
        }

        Assert.Fail($"The tabulator does not lead to {mark}.");
    }
}
