using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;

namespace RedisAspire.Tests.Web;

/// <summary>What every page has to be, whatever it shows.</summary>
internal static class PageQuality
{
    /// <summary>It breaks no rule of accessibility seriously.</summary>
    public static async Task ExpectAccessibleAsync(this BrowserPage page)
    {
        var result = await page.Page.RunAxe();
        var violations = result.Violations.Where(violation => violation.Impact is "serious" or "critical").Select(Describe).ToArray();
        Assert.True(violations.Length == 0, string.Join(Environment.NewLine, violations));
    }

    /// <summary>By how many pixels it is wider than its window.</summary>
    public static Task<int> OverflowAsync(this BrowserPage page) =>
        page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

    private static string Describe(AxeResultItem violation) =>
        $"{violation.Id}: {violation.Help}: {string.Join(", ", violation.Nodes.Take(3).Select(node => node.Html))}";
}
