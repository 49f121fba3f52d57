using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using RedisAspire.Pages;

namespace RedisAspire.Tests.Web;

/// <summary>What a visitor types as soon as the page is drawn, before its circuit is there.</summary>
public sealed class TypedEarlyTests
{
    [Fact]
    public async Task It_is_kept_and_the_visitor_types_on()
    {
        await using var web = new WebFactory();
        web.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        web.StartServer();
        web.Services.GetRequiredService<IConfiguration>()["Class:Open"] = "true";
        await using var chromium = await Chromium.StartAsync();

        foreach (var (path, mark) in new[] { ("/", "key-input"), ("/console", "console-line"), ("/class", "name") })
        {
            await using var page = new BrowserPage(await chromium.NewPageAsync());
            var typed = new TaskCompletionSource();
            await page.Page.RouteAsync("**/blazor.web*.js", async route =>
            {
                await typed.Task;
                await route.ContinueAsync();
            });
            await page.Page.GotoAsync(new Uri(web.ClientOptions.BaseAddress, path).ToString(), new() { WaitUntil = WaitUntilState.Commit });
            await page[mark].FillAsync("");
            await page.Page.Keyboard.TypeAsync("ear");
            typed.SetResult();
            await page.ExpectReadyAsync();
            await page.Page.Keyboard.TypeAsync("ly");

            await Assertions.Expect(page[mark]).ToHaveValueAsync("early");
            await Assertions.Expect(page[mark]).ToBeFocusedAsync();
            Assert.Empty(page.Errors);
        }
    }
}
