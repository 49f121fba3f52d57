using Microsoft.Playwright;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Web;

/// <summary>Every page says what is going on while something is gone, and works again by itself when it is back.</summary>
[Trait("Category", "Long")]
public sealed class EveryPageOutageTests(BrowserFixture fixture, OpenPages open) : BreakageTests(fixture), IClassFixture<OpenPages>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_the_master_is_killed()
    {
        var redis = open.Application.Redis;
        var master = await redis.CurrentMasterAsync();
        // They are started again when every page has been checked.
        foreach (var sentinel in redis.Sentinels)
            await sentinel.Process.KillAsync();

        await master.Process.KillAsync();
        await open.ExpectAsync("no-master", "There is no Redis master", "Il n’y a pas de maître Redis");

        foreach (var sentinel in redis.Sentinels)
            await sentinel.StartAsync();
        await open.EachAsync(page => Assertions.Expect(page["no-master"]).ToBeHiddenAsync());
        await master.StartAsync();
        await master.WaitUntilReadyAsync(Cancellation);
        await open.ExpectWorkingAsync();
    }

    [Fact]
    public async Task While_the_API_restarts()
    {
        var api = open.Application.Apis[0];

        await api.KillAsync();
        await open.ExpectAsync("api-down", "The API cannot be reached", "L’API est injoignable");
        // A page that is opened during the outage says so as well, and shows what is known.
        await open.EachAsync(page => page.Page.ReloadAsync());
        await open.ExpectAsync("api-down", "updates resume automatically", "les mises à jour reprendront automatiquement");

        await api.StartAsync(Cancellation);
        await open.ExpectWorkingAsync();
    }

    [Fact]
    public async Task While_the_web_page_s_own_process_restarts()
    {
        var web = open.Application.Web;
        await open.EachAsync(page => page.Page.EvaluateAsync("window.isOld = true"));

        await web.KillAsync();
        await open.EachAsync(page => Assertions.Expect(page.Page.Locator("#components-reconnect-modal")).ToBeVisibleAsync());

        await web.StartAsync(Cancellation);
        await open.EachAsync(page => Eventually.HoldsAsync("the page has been loaded again", () => IsNewAsync(page)));
        await open.ExpectWorkingAsync();
    }

    private static async Task<bool> IsNewAsync(BrowserPage page)
    {
        try
        {
            return !await page.Page.EvaluateAsync<bool>("window.isOld === true");
        }
        catch (PlaywrightException)
        {
            // It is being loaded at this very moment.
            return false;
        }
    }
}
