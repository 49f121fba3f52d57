using Microsoft.Playwright;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Web;

/// <summary>What the statistics show while a node is gone.</summary>
public sealed class StatisticsPageFailureTests(BrowserFixture fixture) : BreakageTests(fixture)
{
    private readonly BrowserFixture _fixture = fixture;

    [Fact]
    public async Task What_cannot_be_read_is_said_and_read_when_it_can_be()
    {
        await using var page = await _fixture.OpenAsync(path: "/statistics");
        var node = await _fixture.Redis.AnyReplicaAsync();

        await node.Process.KillAsync();
        await StatisticsPageTests.ChooseAsync(page, node.Name);
        await Assertions.Expect(page["error"]).ToBeVisibleAsync();

        await node.StartAsync();
        using var http = new HttpClient { BaseAddress = _fixture.Apis[0].Url };
        await Eventually.HoldsAsync("the API has found the node again", async () =>
            (await http.GetStringAsync(new Uri($"api/nodes/{node.Name}", UriKind.Relative), TestContext.Current.CancellationToken)).Contains("\"status\":\"up\"", StringComparison.Ordinal));
        await Eventually.HoldsAsync("what the node has done since is shown", async () =>
        {
            await page["refresh"].ClickAsync();
            return await page["commands"].GetByText("info", new() { Exact = true }).First.IsVisibleAsync();
        });
        await Assertions.Expect(page["error"]).ToBeHiddenAsync();
    }
}
