using Microsoft.Playwright;

namespace RedisAspire.Tests.Web;

[Collection(nameof(BrowserCollection))]
public sealed class TopologyPageTests(BrowserFixture fixture)
{
    private const string Path = "/topology";

    [Fact]
    public async Task Every_node_is_in_the_diagram_with_its_link_and_every_sentinel_says_whom_it_takes_for_the_master()
    {
        await using var page = await fixture.OpenAsync(path: Path);

        foreach (var node in fixture.Redis.Nodes)
        {
            var isMaster = node == fixture.Redis.Master;
            await Assertions.Expect(page[$"diagram-{node.Name}"]).ToHaveAttributeAsync("data-role", isMaster ? "master" : "replica");
            await Assertions.Expect(page[$"diagram-{node.Name}"]).ToContainTextAsync($"localhost:{node.Port}");
            await Assertions.Expect(page[$"node-{node.Name}"]).ToContainTextAsync("Hit ratio");
            if (!isMaster)
                await Assertions.Expect(page[$"link-{node.Name}"]).ToHaveAttributeAsync("data-link", "up");
        }

        foreach (var sentinel in fixture.Redis.Sentinels)
            await Assertions.Expect(page[$"sentinel-{sentinel.Name}"]).ToContainTextAsync(fixture.Redis.Master.Name);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_fault_is_injected_only_when_it_is_confirmed()
    {
        await using var page = await fixture.OpenAsync(path: Path, language: "fr");
        var replica = fixture.Redis.Nodes[1];

        await page[$"stop-{replica.Name}"].ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Alertdialog)).ToContainTextAsync($"Arrêter {replica.Name} ?");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Annuler" }).ClickAsync();

        await Assertions.Expect(page.Page.GetByRole(AriaRole.Alertdialog)).ToBeHiddenAsync();
        Assert.True(replica.IsRunning);
    }
}
