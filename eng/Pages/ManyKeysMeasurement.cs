using System.Diagnostics;
using Microsoft.Playwright;
using StackExchange.Redis;

namespace RedisAspire.Pages;

/// <summary>How quick the page of the keys is when there are a million of them, and whether it takes memory for them.</summary>
internal sealed class ManyKeysMeasurement(VisitedApplication application, IPage page)
{
    private const int Keys = 1_000_000;
    private const int Batch = 10_000;
    private const int Walks = 10;

    private const string Fill = """
        for i = ARGV[1], ARGV[1] + ARGV[2] - 1 do
          local name = i % 2 == 0 and 'session:' .. i % 1000 .. ':' .. i or i % 4 == 1 and 'page:' .. i or 'user:' .. i .. ':profile'
          redis.call('SET', name, 'value of ' .. i)
        end
        """;

    private readonly Dictionary<string, List<double>> _times = new(StringComparer.Ordinal);

    public static async Task RunAsync(VisitedApplication application, Chromium chromium, CancellationToken cancellationToken)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(application.Redis ?? throw new InvalidOperationException("--redis is needed: the nodes are filled with a million keys."));
        for (var i = 0; i < Keys; i += Batch)
            await redis.GetDatabase().ScriptEvaluateAsync(Fill, values: [i, Batch]);
        Report.Line($"{Keys:N0} keys more; memory {Memory()}");

        var page = await chromium.NewPageAsync();
        await page.OpenAsync(application.AsOperator("keys"));
        var measurement = new ManyKeysMeasurement(application, page);
        for (var i = 1; i <= Walks; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await measurement.WalkAsync();
            if (i is 1 or Walks)
                Report.Line($"after walk {i}: memory {Memory()}");
        }

        foreach (var (step, times) in measurement._times)
            Report.Line($"{step,-36} {Report.Summary(times)}");
    }

    private async Task WalkAsync()
    {
        await MeasureAsync("open the page, with its tree", () => page.GotoAsync(new Uri(application.Web, "keys").ToString()), () => SeeAsync("tree", "session"));
        await page.OpenAsync(new Uri(application.Web, "keys"));
        await MeasureAsync("open a level of the tree", () => Toggler("user").ClickAsync(), () => page.GetByTestId("tree").GetByText("continue").Nth(1).WaitForAsync());
        await MeasureAsync("list: first page", () => page.GetByRole(AriaRole.Tab, new() { Name = "List" }).ClickAsync(), () => SeeKeyAsync(":"));
        await MeasureAsync("list: next page", () => page.PressAsync("more"), () => page.GetByTestId("key-link").Nth(75).WaitForAsync());
        await MeasureAsync("filter: a quarter of the keys", () => FindAsync("user:*:profile"), () => SeeKeyAsync("user:"));
        await MeasureAsync("filter: one thousand of the keys", () => FindAsync("session:42:*"), () => SeeKeyAsync("session:42:"));
        await MeasureAsync("filter: one key", () => FindAsync("page:777777"), () => SeeKeyAsync("page:777777"));
        await MeasureAsync("open a value", () => page.GetByTestId("key-link").First.ClickAsync(), () => SeeAsync("value", "value of 777777"));
        await FindAsync("session:*");
        await SeeKeyAsync("session:");
        await MeasureAsync("bulk delete: count 500,000 of them", () => page.PressAsync("count"), () => SeeAsync("delete-all", "500,000"));
    }

    private async Task MeasureAsync(string step, Func<Task> act, Func<Task> see)
    {
        if (!_times.TryGetValue(step, out var times))
            _times[step] = times = [];
        var started = Stopwatch.GetTimestamp();
        await act();
        await see();
        times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task FindAsync(string pattern)
    {
        await page.GetByTestId("pattern").FillAsync(pattern);
        await page.PressAsync("find");
    }

    private Task SeeAsync(string mark, string text) => page.SeeAsync(mark, text);

    private Task SeeKeyAsync(string text) => page.SeeAsync("key-link", text);

    private ILocator Toggler(string name) =>
        page.GetByTestId("tree").Locator(".rz-treenode-content").Filter(new() { HasText = name }).Locator(".rz-tree-toggler").First;

    private static string Memory() =>
        $"API {VisitedApplication.MemoryOf(VisitedApplication.ApiProgram)} MB, web {VisitedApplication.MemoryOf(VisitedApplication.WebProgram)} MB";
}
