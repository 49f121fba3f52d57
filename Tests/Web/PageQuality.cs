using Deque.AxeCore.Commons;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Web;

/// <summary>What every page has to be, whatever it shows.</summary>
internal static class PageQuality
{
    // A colour on its way from one to another is neither of them.
    private const string Transitions =
        "() => Promise.all(document.getAnimations().filter(animation => animation.effect?.getComputedTiming().endTime !== Infinity).map(animation => animation.finished.catch(() => {})))";

    // Only violations: to describe what is right takes the browser as long as to find what is wrong.
    private const string Violations =
        """
        async () => (await axe.run({ resultTypes: ['violations'] })).violations
          .filter(violation => ['serious', 'critical'].includes(violation.impact))
          .map(violation => `${violation.id}: ${violation.help}: ${violation.nodes.slice(0, 3).map(node => node.html).join(', ')}`)
        """;

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    /// <summary>It breaks no rule of accessibility seriously.</summary>
    public static async Task ExpectAccessibleAsync(this BrowserPage page)
    {
        if (!await page.Page.EvaluateAsync<bool>("'axe' in window"))
            await page.Page.EvaluateAsync(Axe);
        await page.Page.EvaluateAsync(Transitions);
        var violations = await page.Page.EvaluateAsync<string[]>(Violations);
        Assert.True(violations.Length == 0, string.Join(Environment.NewLine, violations));
    }

    /// <summary>It is no wider than its window. When the width has changed, the menu takes a moment to close.</summary>
    public static Task ExpectFittingAsync(this BrowserPage page) => Eventually.HoldsAsync(
        "the page is no wider than its window",
        () => page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"));
}
