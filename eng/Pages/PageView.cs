using Microsoft.Playwright;

namespace RedisAspire.Pages;

/// <summary>A page as it is viewed: its address in the application, and how it is used until there is something to see on it.</summary>
internal sealed record PageView(string Name, string Path, Func<IPage, Task> UseAsync)
{
    private static readonly string[] WorkshopSteps = ["install", "replication", "cache", "expiry", "stampede", "wait"];

    private static int _reports;

    /// <summary>All of them, the benchmark last: its requests are in the figures of the others.</summary>
    public static IReadOnlyList<PageView> All { get; } =
    [
        new("cache", "", LookUpAsync),
        new("cache-trace", "?trace=1", TraceAsync),
        new("topology", "topology", page => page.SeeAsync("event", "master")),
        new("workshop", "workshop", TakeWorkshopAsync),
        new("keys", "keys?key=db%3Aproduct%3Aprod1", OpenTreeAsync),
        new("keys-list", "keys?view=list&pattern=db%3A*&sort=size", page => page.SeeAsync("key-list")),
        new("console", "console?line=INFO%20replication&watch=1", RunCommandAsync),
        new("catalogue", "catalogue", page => page.SeeAsync("cards")),
        new("lab-hot-keys", "lab?show=hot-keys", page => page.SeeAsync("board", "foo")),
        new("lab-counters", "lab?show=counters", page => page.SeeAsync("counter-visitors")),
        new("lab-rate-limit", "lab?show=rate-limit", SendBurstAsync),
        new("lab-sessions", "lab?show=sessions", page => page.SeeAsync("session-id")),
        new("lab-queue", "lab?show=queue", page => page.SeeAsync("processed")),
        new("statistics", "statistics", InspectNodeAsync),
        new("how-it-works", "how-it-works", page => page.SeeAsync("strengths")),
        new("lab", "lab", MeasureAsync),
    ];

    public static string[] Names { get; } = [.. All.Select(view => view.Name)];

    private static async Task LookUpAsync(IPage page)
    {
        await RunAsync("foo", verdict: "");
        // Nobody has asked for it yet.
        var key = $"report {++_reports}";
        await RunAsync(key, "MISS");
        await RunAsync(key, "HIT");
        await page.SeeChartAsync("latency-chart");

        async Task RunAsync(string key, string verdict)
        {
            await page.GetByTestId("key-input").FillAsync(key);
            await page.PressAsync("run");
            await page.GetByTestId("result").Filter(new() { HasText = key }).Filter(new() { HasText = verdict }).WaitForAsync();
        }
    }

    private static async Task TraceAsync(IPage page)
    {
        await page.GetByTestId("key-input").FillAsync($"trace {++_reports}");
        await page.PressAsync("run");
        await page.SeeAsync("trace-step", "SET at");
    }

    private static async Task TakeWorkshopAsync(IPage page)
    {
        foreach (var step in WorkshopSteps)
        {
            await page.PressAsync($"run-{step}");
            await page.Locator($"[data-testid=step-{step}][data-done=true]").WaitForAsync();
        }
    }

    private static async Task RunCommandAsync(IPage page)
    {
        await page.PressAsync("console-run");
        await page.SeeAsync("reply", "role:master");
        await page.SeeAsync("rates", "get");
        await page.SeeAsync("command");
    }

    private static async Task OpenTreeAsync(IPage page)
    {
        await page.GetByTestId("tree").Locator(".rz-treenode-content").Filter(new() { HasText = "db" }).Locator(".rz-tree-toggler").First.ClickAsync();
        await page.SeeAsync("tree", "category");
        await page.SeeAsync("value");
    }

    private static async Task MeasureAsync(IPage page)
    {
        await page.PressAsync("measure");
        await page.SeeAsync("bench-table");
        await page.SeeChartAsync("throughput");
        await page.SeeChartAsync("latency");
    }

    private static async Task SendBurstAsync(IPage page)
    {
        await page.PressAsync("send");
        await page.SeeAsync("burst-result");
    }

    private static async Task InspectNodeAsync(IPage page)
    {
        await page.PressAsync("node");
        await page.GetByRole(AriaRole.Option, new() { Name = "redis-master", Exact = true }).ClickAsync();
        await page.SeeAsync("commands");
        foreach (var chart in (string[])["percentiles", "levels", "near-trend"])
            await page.SeeChartAsync(chart);
    }
}
