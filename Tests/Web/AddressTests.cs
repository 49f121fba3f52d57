using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace RedisAspire.Tests.Web;

/// <summary>What a page shows is in its address: the browser goes back and forward to it, and a link to it can be shared.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class AddressTests(BrowserFixture fixture)
{
    [Fact]
    public async Task The_browser_goes_back_and_forward_among_the_topics_of_the_lab()
    {
        await using var page = await fixture.OpenAsync(path: "/lab");

        await page.Page.GetByRole(AriaRole.Tab, new() { Name = "Counters" }).ClickAsync();
        await Assertions.Expect(page["counters"]).ToBeVisibleAsync();
        await ExpectAddressAsync(page, "/lab\\?show=counters$");
        await page.Page.GetByRole(AriaRole.Tab, new() { Name = "Queue" }).ClickAsync();
        await Assertions.Expect(page["queue"]).ToBeVisibleAsync();

        await page.Page.GoBackAsync();
        await Assertions.Expect(page["counters"]).ToBeVisibleAsync();
        await page.Page.GoForwardAsync();
        await Assertions.Expect(page["queue"]).ToBeVisibleAsync();
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task The_filter_and_the_view_of_the_catalogue_survive_a_reload_and_are_left_by_going_back()
    {
        await using var page = await fixture.OpenAsync(path: "/catalogue?category=books&order=price-desc&view=grid");
        await Assertions.Expect(page["grid"].Locator("tbody tr").First).ToContainTextAsync("books");
        await Assertions.Expect(page["filter-category"]).ToContainTextAsync("books");

        await page["filter-name"].FillAsync("Handbook");
        await page["filter-name"].PressAsync("Enter");
        await Assertions.Expect(page["grid"].Locator("tbody tr")).ToHaveCountAsync(1);
        await ExpectAddressAsync(page, "name=Handbook");
        await page.Page.ReloadAsync();
        await page.ExpectReadyAsync();
        await Assertions.Expect(page["filter-name"]).ToHaveValueAsync("Handbook");
        await Assertions.Expect(page["grid"].Locator("tbody tr")).ToHaveCountAsync(1);

        await page.Page.GoBackAsync();
        await Assertions.Expect(page["filter-name"]).ToHaveValueAsync("");
        await Assertions.Expect(page["grid"].Locator("tbody tr").Nth(2)).ToBeVisibleAsync();
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_link_leads_into_a_node_and_going_back_leads_to_the_one_before()
    {
        var (one, other) = (fixture.Redis.Nodes[1].Name, fixture.Redis.Nodes[2].Name);
        await using var page = await fixture.OpenAsync(path: $"/statistics?node={one}");
        await Assertions.Expect(page["commands"]).ToBeVisibleAsync();

        await StatisticsPageTests.ChooseAsync(page, other);
        await ExpectAddressAsync(page, $"node={other}$");
        await Assertions.Expect(page["node"]).ToContainTextAsync(other);

        await page.Page.GoBackAsync();
        await Assertions.Expect(page["node"]).ToContainTextAsync(one);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_link_to_a_key_fills_the_form_and_asks_for_nothing_until_it_is_run()
    {
        var (one, other) = ($"one {Guid.NewGuid():N}", $"other&{Guid.NewGuid():N}");
        await using var page = await fixture.OpenAsync(path: $"/?key={Uri.EscapeDataString(one)}");
        await Assertions.Expect(page["key-input"]).ToHaveValueAsync(one);
        await Assertions.Expect(page["result"]).ToBeHiddenAsync();

        await page.RunAsync(other);
        await page.ExpectTextAsync("result-value", $"data_pour_{other}");
        await ExpectAddressAsync(page, "key=other%26");

        await page.Page.GoBackAsync();
        await Assertions.Expect(page["key-input"]).ToHaveValueAsync(one);
        await page.ExpectMarkedAsync();
        Assert.Empty(page.Errors);
    }

    private static Task ExpectAddressAsync(BrowserPage page, string pattern) =>
        Assertions.Expect(page.Page).ToHaveURLAsync(new Regex(pattern, RegexOptions.None, TimeSpan.FromSeconds(1)));
}
