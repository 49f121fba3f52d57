using Microsoft.Playwright;
using RedisAspire.Pages;
using RedisAspire.Tests.AppHost;

namespace RedisAspire.Tests.Web;

/// <summary>The page before two processes of the API, as the application starts them.</summary>
[Trait("Category", "Long")]
[Collection(nameof(ProcessApplicationCollection))]
public sealed class OneOfTwoApisTests(ProcessApplication running) : IAsyncLifetime
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await running.RestoreAsync();

    public async ValueTask DisposeAsync() => await running.RestoreAsync();

    [Fact]
    public async Task The_page_carries_on_whichever_of_two_API_processes_is_killed()
    {
        await using var chromium = await Chromium.StartAsync();
        await using var page = new BrowserPage(await chromium.NewPageAsync());
        await page.GotoAsync(new Uri(running.Web.Url, "/"));

        foreach (var api in running.Apis)
        {
            await api.KillAsync();
            foreach (var key in (string[])["foo", "bar", $"key-{Guid.NewGuid():N}"])
            {
                await page.RunAsync(key);
                await Assertions.Expect(page["result"]).ToContainTextAsync(key);
                await Assertions.Expect(page["error"]).ToBeHiddenAsync();
            }

            await Assertions.Expect(page["live"]).ToHaveAttributeAsync("data-live", "true");
            await api.StartAsync(Cancellation);
        }

        Assert.Empty(page.Errors);
    }
}
