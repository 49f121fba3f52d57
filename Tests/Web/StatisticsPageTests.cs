using Microsoft.Playwright;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Web;

[Collection(nameof(BrowserCollection))]
public sealed class StatisticsPageTests(BrowserFixture fixture)
{
    private const string Path = "/statistics";

    [Fact]
    public async Task Figures_of_the_cluster_and_its_instances_move_by_themselves_and_fit_a_phone()
    {
        await using var page = await fixture.OpenAsync(path: Path);
        await Assertions.Expect(page["count-Requests"]).ToBeVisibleAsync();
        var before = await page["count-Requests"].TextContentAsync();

        await LookUpAsync();

        await Assertions.Expect(page["count-Requests"]).Not.ToHaveTextAsync(before!);
        await Assertions.Expect(page["near-state"]).ToHaveTextAsync("on");
        await Assertions.Expect(page["instance-grid"].Locator("tbody tr")).ToHaveCountAsync(1);
        foreach (var chart in new[] { "percentiles", "levels", "near-trend" })
            await Assertions.Expect(page[chart].Locator("svg").First).ToBeVisibleAsync();

        await ChooseAsync(page, fixture.Redis.Nodes[1].Name);
        await Assertions.Expect(page["commands"]).ToBeVisibleAsync();
        await page.Page.SetViewportSizeAsync(360, 900);
        await page.ExpectAccessibleAsync();
        await page.ExpectFittingAsync();
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task The_commands_of_a_node_are_shown_as_what_they_are()
    {
        const string Hostile = "<script>alert('\u202eevil')</script>";
        var node = fixture.Redis.Nodes[2];
        await using var page = await fixture.OpenAsync(path: Path);

        await ChooseAsync(page, node.Name);
        await Assertions.Expect(page["commands"]).ToContainTextAsync("info");
        await node.ExecuteAsync("EVAL", "for i = 1, 5000000 do end return ARGV[1]", "0", Hostile);
        await page["refresh"].ClickAsync();

        await Assertions.Expect(page["slow-log"]).ToContainTextAsync(Hostile);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Every_figure_says_where_it_comes_from_and_what_a_good_value_is_with_the_keyboard_too()
    {
        await using var page = await fixture.OpenAsync(path: Path, language: "fr");
        await ChooseAsync(page, fixture.Redis.Nodes[1].Name);
        await Assertions.Expect(page["slow-log"]).ToBeVisibleAsync();

        var without = await page.Page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll('.tile dt, [data-testid=node-figures] dt, .figures tbody th, .rz-data-grid thead th, [data-testid=percentiles] h2, [data-testid=levels] h2, [data-testid=near-trend] h2')]
              .filter(name => !name.querySelector('.about')).map(name => name.innerText)
            """);
        Assert.Empty(without);
        await page.Page.Locator(".skip-link").FocusAsync();
        await page.TabToAsync("about");
        await Assertions.Expect(page["about-text"]).ToContainTextAsync("app:stats");
        await Assertions.Expect(page["about-text"]).ToContainTextAsync("Autant qu’on en a démarré");
        await page.PressAsync("Escape");
        await Assertions.Expect(page["about-text"]).ToBeHiddenAsync();
        Assert.Empty(page.Errors);
    }

    internal static async Task ChooseAsync(BrowserPage page, string node)
    {
        await page["node"].ClickAsync();
        await page.Page.GetByRole(AriaRole.Option, new() { Name = node, Exact = true }).ClickAsync();
    }

    private async Task LookUpAsync()
    {
        using var http = new HttpClient { BaseAddress = fixture.Apis[0].Url };
        // The process keeps a value that it has read from Redis, not one from the source.
        await Eventually.HoldsAsync("the value is in the process", async () =>
        {
            using var answer = await http.GetAsync(new Uri("data/foo", UriKind.Relative), TestContext.Current.CancellationToken);
            return answer.Headers.GetValues("Server-Timing").Single().StartsWith("near", StringComparison.Ordinal);
        });
    }
}
