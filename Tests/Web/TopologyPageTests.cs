using Microsoft.Playwright;

namespace RedisAspire.Tests.Web;

[Collection(nameof(BrowserCollection))]
public sealed class TopologyPageTests(BrowserFixture fixture)
{
    [Fact]
    public async Task Every_node_is_in_the_diagram_with_its_link()
    {
        await using var page = await OpenAsync();

        foreach (var node in fixture.Redis.Nodes)
        {
            var isMaster = node == fixture.Redis.Master;
            await Assertions.Expect(page[$"diagram-{node.Name}"]).ToHaveAttributeAsync("data-role", isMaster ? "master" : "replica");
            await Assertions.Expect(page[$"diagram-{node.Name}"]).ToContainTextAsync($"localhost:{node.Port}");
            await Assertions.Expect(page[$"node-{node.Name}"]).ToContainTextAsync("Hit ratio");
            if (!isMaster)
                await Assertions.Expect(page[$"link-{node.Name}"]).ToHaveAttributeAsync("data-link", "up");
        }

        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Every_sentinel_says_whom_it_takes_for_the_master()
    {
        await using var page = await OpenAsync();

        foreach (var sentinel in fixture.Redis.Sentinels)
            await Assertions.Expect(page[$"sentinel-{sentinel.Name}"]).ToContainTextAsync(fixture.Redis.Master.Name);
    }

    [Fact]
    public async Task A_fault_is_injected_only_when_it_is_confirmed()
    {
        await using var page = await OpenAsync();
        var replica = fixture.Redis.Nodes[1];

        await page[$"stop-{replica.Name}"].ClickAsync(new() { Timeout = 20_000 });
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Alertdialog)).ToContainTextAsync($"Stop {replica.Name}?");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();

        await Assertions.Expect(page.Page.GetByRole(AriaRole.Alertdialog)).ToBeHiddenAsync();
        Assert.True(replica.IsRunning);
    }

    [Fact]
    public async Task The_page_speaks_French()
    {
        await using var page = await OpenAsync(language: "fr");

        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Topologie");
        await Assertions.Expect(page[$"stop-{fixture.Redis.Master.Name}"]).ToHaveTextAsync("power_settings_newArrêter");

        await page["language-en"].ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Topology");
    }

    private Task<BrowserPage> OpenAsync(string language = "en") => fixture.OpenAsync(path: "/topology", language: language);
}
