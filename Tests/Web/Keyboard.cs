namespace RedisAspire.Tests.Web;

/// <summary>A page without a mouse.</summary>
internal static class Keyboard
{
    // More than any page has.
    private const int Steps = 120;

    // Null when what has the mark has the focus; else the element that has kept it, or nothing when the focus has moved.
    private const string Moved =
        """
        mark => {
          const [before, now] = [window.focused, document.activeElement];
          window.focused = now;
          if (now.closest('[data-testid]')?.dataset.testid === mark) return null;
          return before === now && now !== document.body ? now.outerHTML.slice(0, 200) : '';
        }
        """;

    /// <summary>Presses a key.</summary>
    public static Task PressAsync(this BrowserPage page, string key) => page.Page.Keyboard.PressAsync(key);

    /// <summary>Presses the tabulator until something has the focus. Nothing keeps the focus, however fast it is pressed.</summary>
    public static async Task TabToAsync(this BrowserPage page, string mark)
    {
        await page.Page.EvaluateAsync("() => { window.focused = document.activeElement; }");
        for (var step = 0; step < Steps; step++)
        {
            await page.PressAsync("Tab");
            var kept = await page.Page.EvaluateAsync<string?>(Moved, mark);
            if (kept is null)
                return;
            Assert.True(kept.Length == 0, $"The tabulator does not leave {kept}.");
        }

        Assert.Fail($"The tabulator does not lead to {mark}.");
    }
}
