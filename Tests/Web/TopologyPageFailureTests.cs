using System.Text.RegularExpressions;
using Microsoft.Playwright;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Web;

/// <summary>Fault injection on the page.</summary>
public sealed class TopologyPageFailureTests(BrowserFixture fixture) : BreakageTests(fixture)
{
    private readonly BrowserFixture _fixture = fixture;

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_master_that_is_stopped_is_replaced_and_comes_back_as_a_replica_before_one_s_eyes()
    {
        await using var page = await _fixture.OpenAsync(path: "/topology");
        var master = await _fixture.Redis.CurrentMasterAsync();

        await page[$"stop-{master.Name}"].ClickAsync();
        await page.Page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Stop", Exact = true }).ClickAsync();

        await Assertions.Expect(page[$"node-{master.Name}"]).ToHaveAttributeAsync("data-status", "down");
        await Assertions.Expect(page[$"node-{master.Name}"].GetByTestId("last-seen")).ToContainTextAsync("last seen");
        await ExpectEventAsync(page, $"{master.Name} is down");
        await ExpectEventAsync(page, "is the new master, after [0-9.]+ s");
        await Assertions.Expect(page["diagram-no-master"]).ToBeHiddenAsync();
        // Its rise is an animation, which lasts no time for who wants none.
        await Assertions.Expect(page.Page.Locator(".master.risen")).ToHaveCSSAsync("animation-duration", "1e-05s");
        // It takes its place with it, and all buttons move.
        await Assertions.Expect(page["no-master"]).ToBeHiddenAsync();

        await Assertions.Expect(page[$"resume-{master.Name}"]).ToBeHiddenAsync();
        await Assertions.Expect(page[$"stop-{master.Name}"]).ToBeHiddenAsync();
        await page[$"start-{master.Name}"].ClickAsync();

        await Assertions.Expect(page[$"node-{master.Name}"]).ToHaveAttributeAsync("data-status", "up");
        await Assertions.Expect(page[$"diagram-{master.Name}"]).ToHaveAttributeAsync("data-role", "replica");
        await Assertions.Expect(page[$"link-{master.Name}"]).ToHaveAttributeAsync("data-link", "up");
        await ExpectEventAsync(page, $"{master.Name} is up again: it was down for [0-9.]+ s");
        Assert.Empty(page.Errors);
    }

    private static Task ExpectEventAsync(BrowserPage page, string text) =>
        Assertions.Expect(page["event"].Filter(new() { HasTextRegex = new Regex(text, RegexOptions.None, TimeSpan.FromSeconds(1)) }).First).ToBeVisibleAsync();
}
