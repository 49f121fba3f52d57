using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Web;

/// <summary>What every page has to be, whatever it shows.</summary>
internal static class PageQuality
{
    // A colour on its way from one to another is neither of them.
    private const string Transitions =
        "() => Promise.all(document.getAnimations().filter(animation => animation.effect?.getComputedTiming().endTime !== Infinity).map(animation => animation.finished.catch(() => {})))";

    // Only violations: to describe what is right takes the browser as long as to find what is wrong. An open branch of Radzen's
    // tree is in an element without a role, of which it says that it is not hidden. Browsers pass over it all the same.
    private const string Violations =
        """
        async () => {
          document.querySelectorAll('[role=presentation][aria-hidden=false]').forEach(element => element.removeAttribute('aria-hidden'));
          return (await axe.run({ resultTypes: ['violations'] })).violations
            .filter(violation => ['serious', 'critical'].includes(violation.impact))
            .map(violation => `${violation.id}: ${violation.help}: ${violation.nodes.slice(0, 3).map(node => node.html).join(', ')}`);
        }
        """;

    // The last card of a first row ends where the row does, and the row where its page does.
    private const string Gaps =
        """
        () => {
          const gaps = [];
          const content = element => element.getBoundingClientRect().right - parseFloat(getComputedStyle(element).paddingRight);
          const expect = (what, end, edge) => Math.abs(end - edge) > 2 && gaps.push(`${what} ends at ${end} instead of ${edge}`);
          expect('the page', document.querySelector('.page-width').getBoundingClientRect().right, content(document.querySelector('[role=main]')));
          for (const grid of document.querySelectorAll('.node-grid, .tiles, .products .rz-datalist-data')) {
            const boxes = [...grid.children].map(child => child.getBoundingClientRect());
            const row = boxes.filter(box => Math.abs(box.top - boxes[0].top) < 2);
            if (row.length) expect(grid.className, Math.max(...row.map(box => box.right)), content(grid));
          }
          return gaps;
        }
        """;

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    /// <summary>It breaks no rule of accessibility seriously.</summary>
    public static async Task ExpectAccessibleAsync(this BrowserPage page)
    {
        if (!await page.Page.EvaluateAsync<bool>("'axe' in window"))
            await page.Page.EvaluateAsync(Axe);
        await page.WaitForTransitionsAsync();
        var violations = await page.Page.EvaluateAsync<string[]>(Violations);
        Assert.True(violations.Length == 0, string.Join(Environment.NewLine, violations));
    }

    /// <summary>Waits until no colour is on its way to another.</summary>
    public static Task WaitForTransitionsAsync(this BrowserPage page) => page.Page.EvaluateAsync(Transitions);

    /// <summary>On a projector, what it shows fills its width, and so do the cards in their row. When the width has changed, the menu takes a moment to open.</summary>
    public static Task ExpectFilledAsync(this BrowserPage page) => Eventually.HoldsAsync(
        "the page and its cards fill the width",
        async () => (await page.Page.EvaluateAsync<string[]>(Gaps)).Length == 0);

    /// <summary>The menu shows which page it is, to the eye as well as to a screen reader.</summary>
    public static async Task ExpectMarkedAsync(this BrowserPage page)
    {
        var path = new Uri(page.Page.Url).AbsolutePath;
        var current = page.Page.GetByRole(AriaRole.Navigation).Locator("[aria-current=page]");
        await Assertions.Expect(current).ToHaveJSPropertyAsync("pathname", path);
        Assert.NotEqual("rgba(0, 0, 0, 0)", await current.EvaluateAsync<string>("link => getComputedStyle(link).backgroundColor"));
    }

    /// <summary>It is no wider than its window. When the width has changed, the menu takes a moment to close.</summary>
    public static Task ExpectFittingAsync(this BrowserPage page) => Eventually.HoldsAsync(
        "the page is no wider than its window",
        () => page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"));
}
