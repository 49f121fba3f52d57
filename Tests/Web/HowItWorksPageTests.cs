using Microsoft.Playwright;
using RedisAspire.Tests.AppHost;

namespace RedisAspire.Tests.Web;

[Collection(nameof(BrowserCollection))]
public sealed class HowItWorksPageTests(BrowserFixture fixture)
{
    private const string Path = "/how-it-works";

    [Fact]
    public async Task Without_motion_every_step_is_visible_with_its_number()
    {
        await using var page = await fixture.OpenAsync(path: Path);

        foreach (var name in (string[])["cache-aside", "replication", "near-cache", "failover"])
        {
            var diagram = page[$"diagram-{name}"];
            await Assertions.Expect(diagram.Locator("ol > li")).ToHaveCountAsync(4);
            await Assertions.Expect(diagram.Locator(".step")).ToHaveCountAsync(4);
            for (var step = 0; step < 4; step++)
            {
                await Assertions.Expect(diagram.Locator(".step").Nth(step)).ToHaveCSSAsync("opacity", "1");
                await Assertions.Expect(diagram.Locator(".step").Nth(step).Locator(".number").First).ToHaveTextAsync($"{step + 1}");
            }

            Assert.False(await IsMovingAsync(diagram));
        }

        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task The_pictures_move_until_they_are_stopped()
    {
        await using var page = await fixture.OpenAsync(path: Path);
        await page.Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.NoPreference });
        var diagram = page["diagram-failover"];
        Assert.True(await IsMovingAsync(diagram));

        await page["still"].ClickAsync();

        await Assertions.Expect(page["still"].GetByText("Start the animation")).ToBeVisibleAsync();
        Assert.False(await IsMovingAsync(diagram));
    }

    [Fact]
    public async Task What_Redis_is_good_for_leads_to_the_lab()
    {
        await using var page = await fixture.OpenAsync(path: Path);

        await page["strengths"].GetByRole(AriaRole.Link, new() { Name = "Try it: Counters" }).ClickAsync();

        await Assertions.Expect(page["counters"]).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_menu_of_a_page_without_a_circuit_opens_on_a_phone()
    {
        await using var page = await fixture.OpenAsync(360, path: Path);
        await Assertions.Expect(page["menu"]).ToHaveAttributeAsync("aria-expanded", "false");

        await page["menu"].ClickAsync();
        await Assertions.Expect(page["menu"]).ToHaveAttributeAsync("aria-expanded", "true");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Statistics" }).ClickAsync();

        await Assertions.Expect(page["live"]).ToHaveAttributeAsync("data-live", "true");
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_visitor_logs_in_without_a_circuit()
    {
        await using var page = await fixture.OpenAsVisitorAsync(Path);

        await page["view-only"].ClickAsync();
        await page.EnterTokenAsync("guessed");
        await Assertions.Expect(page["wrong-token"]).ToBeVisibleAsync();
        await page.EnterTokenAsync(AppHostUnderTest.OperatorToken);

        await Assertions.Expect(page["operator"]).ToBeVisibleAsync();
        Assert.EndsWith(Path, page.Page.Url, StringComparison.Ordinal);
    }

    private static Task<bool> IsMovingAsync(ILocator diagram) =>
        diagram.EvaluateAsync<bool>("element => element.getAnimations({ subtree: true }).some(animation => animation.playState === 'running' && animation.effect.getTiming().iterations === Infinity)");
}
