using Microsoft.Playwright;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Web;

[Collection(nameof(BrowserCollection))]
public sealed class WorkshopPageTests(BrowserFixture fixture)
{
    private const string Path = "/workshop";

    [Fact]
    public async Task All_four_steps_run_at_a_click_are_done_when_they_are_true_and_fit_a_phone()
    {
        await using var page = await OpenAsync();
        await page.ExpectTextAsync("done", "0 of 4 steps done");

        // From the last to the first: a step that runs grows, and moves the buttons below it.
        foreach (var step in (string[])["expiry", "cache", "replication", "install"])
            await page[$"run-{step}"].ClickAsync();

        foreach (var step in (string[])["install", "replication", "cache", "expiry"])
            await ExpectDoneAsync(page, step);
        await page.ExpectTextAsync("done", "4 of 4 steps done");
        foreach (var node in fixture.Redis.Nodes)
            await Assertions.Expect(page["result-install"]).ToContainTextAsync($"{node.Name} at localhost:{node.Port} answers: Redis ");
        await Assertions.Expect(page["writes"]).ToContainTextAsync("1,000 SETs");
        await Assertions.Expect(page["workshop-gain"]).ToContainTextAsync("%");

        await page.Page.SetViewportSizeAsync(360, 900);
        await page.ExpectAccessibleAsync();
        await page.ExpectFittingAsync();
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
        var lines = page["step-install"].GetByTestId("lines");
        foreach (var node in fixture.Redis.Nodes)
            await Assertions.Expect(lines).ToContainTextAsync($"redis-cli -p {node.Port} ping");

        await page["step-install"].GetByTestId("copy").ClickAsync();

        await Assertions.Expect(page["step-install"].GetByTestId("copy")).ToContainTextAsync("Copied");
        Assert.Equal(await lines.InnerTextAsync(), await page.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
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
