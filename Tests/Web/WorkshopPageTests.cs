using Microsoft.Playwright;
using RedisAspire.Tests.AppHost;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Web;

[Collection(nameof(BrowserCollection))]
public sealed class WorkshopPageTests(BrowserFixture fixture)
{
    private const string Path = "/workshop";

    [Fact]
    public async Task Steps_run_at_a_click_are_done_when_they_are_true_are_remembered_and_fit_a_phone()
    {
        await using var page = await OpenAsync();
        await page.ExpectTextAsync("done", "0 of 8 steps done");

        // From the last to the first: a step that runs grows, and moves the buttons below it.
        foreach (var step in (string[])["wait", "stampede", "expiry", "cache", "replication", "install"])
            await page[$"run-{step}"].ClickAsync();

        foreach (var step in (string[])["install", "replication", "cache", "expiry", "stampede", "wait"])
            await ExpectDoneAsync(page, step);
        await page.ExpectTextAsync("done", "6 of 8 steps done");
        foreach (var node in fixture.Redis.Nodes)
            await Assertions.Expect(page["result-install"]).ToContainTextAsync($"{node.Name} at localhost:{node.Port} answers: Redis ");
        await Assertions.Expect(page["writes"]).ToContainTextAsync("1,000 SETs");
        await Assertions.Expect(page["workshop-gain"]).ToContainTextAsync("%");

        await page.Page.ReloadAsync();
        await page.ExpectTextAsync("done", "6 of 8 steps done");
        await page.ExpectReadyAsync();
        await page.Page.SetViewportSizeAsync(360, 900);
        await page.ExpectAccessibleAsync();
        await page.ExpectFittingAsync();
        await page.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await Assertions.Expect(page["print"]).ToBeHiddenAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Navigation)).ToBeHiddenAsync();
        await Assertions.Expect(page["install-question"]).ToBeVisibleAsync();
        await page.Page.EmulateMediaAsync(new() { Media = Media.Screen });
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_step_that_runs_can_be_cancelled_in_French_too()
    {
        await using var page = await fixture.OpenAsync(colorScheme: ColorScheme.Dark, path: Path, language: "fr");

        await page["run-expiry"].ClickAsync();
        await page["cancel-expiry"].ClickAsync();

        await Assertions.Expect(page["result-expiry"]).ToContainTextAsync("Annulé");
        await Assertions.Expect(page["step-expiry"]).ToHaveAttributeAsync("data-done", "false");
        await Assertions.Expect(page["run-expiry"]).ToBeEnabledAsync();
        await page["run-install"].ClickAsync();
        await Assertions.Expect(page["result-install"]).ToContainTextAsync("répond : Redis");
        await page.ExpectAccessibleAsync();
    }

    [Fact]
    public async Task The_lines_have_the_right_ports_and_can_be_copied()
    {
        await using var page = await OpenAsync();
        await page.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        var lines = page["step-install"].GetByTestId("lines").Last;
        foreach (var node in fixture.Redis.Nodes)
            await Assertions.Expect(lines).ToContainTextAsync($"redis-cli -p {node.Port} ping");

        await page["step-install"].GetByTestId("copy").Last.ClickAsync();

        await Assertions.Expect(page["step-install"].GetByTestId("copy").Last).ToContainTextAsync("Copied");
        Assert.Equal($"export REDISCLI_AUTH='{AppHostUnderTest.Password}'\n{await lines.InnerTextAsync()}", await page.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
    }

    [Fact]
    public async Task What_is_typed_in_a_terminal_is_seen_on_every_node_and_by_the_near_cache()
    {
        await using var page = await OpenAsync();
        var master = await fixture.Redis.CurrentMasterAsync();
        await page["watch-button-replication"].ClickAsync();
        await page["run-invalidation"].ClickAsync();

        await master.ExecuteAsync("SET", "projet", "typed by hand", "EX", "600");
        await Assertions.Expect(page["seen-replication"]).ToBeVisibleAsync();
        await Assertions.Expect(page["watch-replication"]).ToContainTextAsync("redis-replica-1 has it: typed by hand");

        await Assertions.Expect(page["type-now"]).ToBeVisibleAsync();
        var line = await page["step-invalidation"].GetByTestId("lines").InnerTextAsync();
        await master.ExecuteAsync("SET", line.Split(' ')[4], "from my terminal", "EX", "600");
        await Assertions.Expect(page["changed"]).ToContainTextAsync("from my terminal");
        await Assertions.Expect(page["done-invalidation"]).ToBeVisibleAsync();
    }

    // On a busy machine a node may appear down for a moment, so the step is tried again.
    private static Task ExpectDoneAsync(BrowserPage page, string step) => Eventually.HoldsAsync($"the step {step} is done", async () =>
    {
        if (await page[$"step-{step}"].GetByTestId("error").IsVisibleAsync())
            await page[$"run-{step}"].ClickAsync();
        return await page[$"step-{step}"].GetAttributeAsync("data-done") == "true";
    });

    private Task<BrowserPage> OpenAsync() => fixture.OpenAsync(path: Path);
}
