using Microsoft.Playwright;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Web;

/// <summary>What the page shows while parts of the application are gone.</summary>
public sealed class CachePageFailureTests(BrowserFixture fixture) : BreakageTests(fixture)
{
    private readonly BrowserFixture _fixture = fixture;

    [Fact]
    public async Task A_killed_node_is_shown_as_down_and_comes_back_by_itself()
    {
        await using var page = await _fixture.OpenAsync();
        var node = await _fixture.Redis.AnyReplicaAsync();
        await Assertions.Expect(page[$"node-{node.Name}"]).ToHaveAttributeAsync("data-status", "up");

        await node.Process.KillAsync();
        await Assertions.Expect(page[$"node-{node.Name}"]).ToHaveAttributeAsync("data-status", "down");

        await node.StartAsync();
        await Assertions.Expect(page[$"node-{node.Name}"]).ToHaveAttributeAsync("data-status", "up");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task The_page_says_that_the_API_is_gone_and_recovers_when_it_returns()
    {
        await using var page = await _fixture.OpenAsync();
        var api = _fixture.Apis[0];

        await api.KillAsync();
        await Assertions.Expect(page["api-down"]).ToBeVisibleAsync();
        await page.RunAsync("foo");
        await Assertions.Expect(page["error"]).ToBeVisibleAsync();

        await api.StartAsync(TestContext.Current.CancellationToken);
        await Assertions.Expect(page["api-down"]).ToBeHiddenAsync();
        await page.RunAsync("foo");
        await page.ExpectTextAsync("result-value", "valeur_de_foo");
    }
}
