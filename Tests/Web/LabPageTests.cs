using System.Text.RegularExpressions;
using Microsoft.Playwright;
using RedisAspire.Tests.Support;
using StackExchange.Redis;

namespace RedisAspire.Tests.Web;

[Collection(nameof(BrowserCollection))]
public sealed class LabPageTests(BrowserFixture fixture)
{
    private readonly string _name = $"lab-{Guid.NewGuid():N}";

    [Fact]
    public async Task A_run_of_the_bench_ends_with_its_figures_and_charts_or_is_cancelled()
    {
        await using var page = await OpenAsync("benchmark");
        await page["level"].GetByText("near cache").ClickAsync();

        await page["measure"].ClickAsync();

        await Assertions.Expect(page["bench-status"]).ToContainTextAsync("2,000 requests in");
        await Assertions.Expect(page["bench-table"]).ToContainTextAsync("near cache");
        await Assertions.Expect(page["throughput"].Locator("svg").First).ToBeVisibleAsync();
        await Assertions.Expect(page["latency"]).ToContainTextAsync("p99");
        await Assertions.Expect(page["bench-runs"]).ToContainTextAsync("near cache");

        await page["level"].GetByText("database").ClickAsync();
        await Assertions.Expect(page["slow"]).ToBeVisibleAsync();

        await page["measure"].ClickAsync();
        await page["cancel"].ClickAsync();

        await Assertions.Expect(page["bench-status"]).ToContainTextAsync("Cancelled");
        await Assertions.Expect(page["measure"]).ToBeEnabledAsync();
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_name_that_no_counter_may_have_is_refused_and_a_hundred_increments_at_once_are_each_counted()
    {
        await using var page = await OpenAsync("counters");
        await page["counter-name"].FillAsync("<script>alert(1)</script>");
        await page["create"].ClickAsync();
        await Assertions.Expect(page["counters"]).ToContainTextAsync("A name has 1 to 64 characters");

        await page["counter-name"].FillAsync(_name);
        await page["create"].ClickAsync();
        var counter = page[$"counter-{_name}"];
        await Assertions.Expect(counter.GetByTestId("count")).ToHaveTextAsync("1");

        await counter.GetByTestId("plus-many").ClickAsync();
        await Assertions.Expect(counter.GetByTestId("count")).ToHaveTextAsync("101");

        await counter.GetByTestId("remove").ClickAsync();
        await page.Page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Remove", Exact = true }).ClickAsync();
        await Assertions.Expect(counter).ToBeHiddenAsync();
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_burst_is_answered_up_to_a_small_limit_and_refused_beyond()
    {
        await using var page = await OpenAsync("rate-limit");
        await page["burst"].FillAsync("60");
        await page["burst"].BlurAsync();

        await page["send"].ClickAsync();

        await Assertions.Expect(page["burst-result"]).ToHaveAttributeAsync("data-sent", "60");
        await Assertions.Expect(page["limit"]).ToContainTextAsync("10 per 10 s");
        // Two windows at most. The other limit is that of a class.
        await Assertions.Expect(page["burst-result"]).ToContainTextAsync(new Regex("[4-6][0-9] refused"));
        await Assertions.Expect(page["rate-limit"]).ToContainTextAsync("20,000 per 1 s");
    }

    [Fact]
    public async Task A_session_is_known_again_until_it_is_ended()
    {
        await using var page = await OpenAsync("sessions");
        await page["session-value"].FillAsync("<b>red</b>");
        await page["session-put"].ClickAsync();
        await Assertions.Expect(page["session-values"]).ToContainTextAsync("<b>red</b>");
        var id = await page["session-id"].InnerTextAsync();

        await page.Page.ReloadAsync();
        await Assertions.Expect(page["session-values"]).ToContainTextAsync("<b>red</b>");
        Assert.Equal(id, await page["session-id"].InnerTextAsync());
        await page["session-end"].ClickAsync();

        await Assertions.Expect(page["session-values"]).ToBeHiddenAsync();
        await Assertions.Expect(page["session-id"]).Not.ToHaveTextAsync(id);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_queued_job_warms_the_cache()
    {
        await using var page = await OpenAsync("queue");
        await page["warm"].FillAsync(_name);
        await page["warm"].BlurAsync();

        await page["enqueue"].ClickAsync();

        await Assertions.Expect(page["queued"]).ToContainTextAsync("Keys to look up: 1.");
        // A job whose acknowledgement was lost is delivered again after a minute.
        await Assertions.Expect(page["waiting"]).ToHaveTextAsync("0", new() { Timeout = 100_000 });
        await Assertions.Expect(page["pending"]).ToHaveTextAsync("0", new() { Timeout = 100_000 });
        Assert.Equal("HIT", await AskAsync(_name));
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_job_that_cannot_be_done_is_put_aside_seen_and_forgotten()
    {
        using var redis = await ConnectionMultiplexer.ConnectAsync(fixture.Redis.Master.ConnectionString);
        await redis.GetDatabase().ExecuteAsync("XADD", "app:queue:jobs", "*", "keys", "<script>alert(1)</script>");
        await using var page = await OpenAsync("queue");

        await Eventually.HoldsAsync("the job is put aside", async () =>
        {
            if (await page["dead"].GetByTestId("forget").IsVisibleAsync())
                return true;
            await page["queue"].GetByTestId("refresh").ClickAsync();
            return false;
        });
        await Assertions.Expect(page["dead"].GetByTestId("detail")).Not.ToBeEmptyAsync();
        await page["dead"].GetByTestId("forget").ClickAsync();
        await page.Page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Discard them", Exact = true }).ClickAsync();

        await Assertions.Expect(page["dead"]).ToContainTextAsync("None.");
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_popular_key_is_on_the_leaderboard_as_what_it_is()
    {
        var key = $"<b>{_name}</b> ☕ مرحبا";
        for (var i = 0; i < 20; i++)
            await AskAsync(key);

        await using var page = await OpenAsync("hot-keys");

        // Requests are counted a moment after they were made, and the page may have read them before.
        await Eventually.HoldsAsync("the key is on the board", async () =>
        {
            if (await page["board"].Filter(new() { HasText = key }).IsVisibleAsync())
                return true;
            await page["refresh"].ClickAsync();
            return false;
        });
        await page.ExpectContrastAsync();
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Every_experiment_is_accessible_and_fits_a_phone()
    {
        await using var page = await fixture.OpenAsync(360, ColorScheme.Dark, "/lab");

        foreach (var (tab, mark) in new[] { ("Benchmark", "measure"), ("Hot keys", "refresh"), ("Counters", "create"), ("Rate limit", "send"), ("Sessions", "session-put") })
        {
            await page.Page.GetByRole(AriaRole.Tab, new() { Name = tab }).ClickAsync();
            await Assertions.Expect(page[mark]).ToBeVisibleAsync();
            await page.ExpectAccessibleAsync();
            await page.ExpectContrastAsync();
            await page.ExpectFittingAsync();
        }
    }

    private Task<BrowserPage> OpenAsync(string experiment) => fixture.OpenAsync(path: $"/lab?show={experiment}");

    private async Task<string> AskAsync(string key)
    {
        using var http = new HttpClient { BaseAddress = fixture.Url };
        using var response = await http.GetAsync(new Uri($"/data/{Uri.EscapeDataString(key)}", UriKind.Relative), TestContext.Current.CancellationToken);
        return response.EnsureSuccessStatusCode().Headers.GetValues("X-Cache").Single();
    }
}
