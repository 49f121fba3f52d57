using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;

namespace RedisAspire.Tests.Web;

/// <summary>What every page has to be, whatever it shows.</summary>
internal static class PageQuality
{
    /// <summary>Which rules of accessibility it breaks seriously, and where.</summary>
    public static async Task<IEnumerable<string>> SeriousViolationsAsync(this BrowserPage page)
    {
        var result = await page.Page.RunAxe();
        return result.Violations.Where(violation => violation.Impact is "serious" or "critical").Select(Describe);
    }

    /// <summary>By how many pixels it is wider than its window.</summary>
    public static Task<int> OverflowAsync(this BrowserPage page) =>
        page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

    private static string Describe(AxeResultItem violation) =>
        $"{violation.Id}: {violation.Help}: {string.Join(", ", violation.Nodes.Take(3).Select(node => node.Html))}";
}
