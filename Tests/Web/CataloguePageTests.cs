using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using RedisAspire.Tests.AppHost;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Web;

[Collection(nameof(BrowserCollection))]
public sealed partial class CataloguePageTests(BrowserFixture fixture)
{
    private readonly string _id = $"page-{Guid.NewGuid():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_product_is_created_edited_and_deleted()
    {
        var name = $"<script>alert(1)</script> مرحبا ☕ {_id}";
        await using var page = await OpenAsync(query: "?trace=1");

        await page["new"].ClickAsync();
        await ExpectReadyAsync(page);
        await page["product-name"].FillAsync(name);
        await page["product-category"].FillAsync("pages");
        await page["product-price"].Locator("input").FillAsync("12.5");
        await page["product-features"].FillAsync("First\nSecond");
        await page["save"].ClickAsync();
        await Assertions.Expect(page["save"]).ToBeHiddenAsync();
        var card = page["cards"].Locator("li").Filter(new() { HasText = name });
        await Assertions.Expect(card).ToContainTextAsync("€12.50");
        await Assertions.Expect(card).ToContainTextAsync("Second");
        await Assertions.Expect(page["trace"]).ToContainTextAsync("WAIT 1 ");

        await card.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await ExpectReadyAsync(page);
        await page["product-features"].FillAsync("Third");
        await page["save"].ClickAsync();
        await Assertions.Expect(card).ToContainTextAsync("Third");

        await card.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Assertions.Expect(card).ToBeHiddenAsync();
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task What_is_no_product_is_not_sent()
    {
        await using var page = await OpenAsync();

        await page["new"].ClickAsync();
        await ExpectReadyAsync(page);
        var place = await page["save"].BoundingBoxAsync();
        await page["product-name"].FillAsync(new string('x', 10_000));
        await page["product-name"].BlurAsync();
        var form = page.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(form).ToContainTextAsync("A name has 1 to 200 characters");
        // Who is just pressing the button must not miss it.
        Assert.Equal(place!.Y, (await page["save"].BoundingBoxAsync())!.Y);
        await page["save"].ClickAsync();

        await Assertions.Expect(form).ToContainTextAsync("A category has 1 to 64 characters");
        await Assertions.Expect(form).ToContainTextAsync("A price is a number from 0 to 1,000,000");
        await Assertions.Expect(page["error"]).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Who_changes_what_another_has_changed_sees_that_and_decides()
    {
        using var api = new HttpClient { BaseAddress = fixture.Apis[0].Url, DefaultRequestHeaders = { { "X-Admin-Key", AppHostUnderTest.AdminKey } } };
        await PutAsync(api, "Before");
        await fixture.Redis.WaitForReplicasAsync();
        await using var page = await OpenAsync();
        await FilterAsync(page, _id);
        await page[$"edit-{_id}"].ClickAsync();
        await Assertions.Expect(page["product-name"]).ToHaveValueAsync($"Before {_id}");

        await PutAsync(api, "Another");
        await page["product-name"].FillAsync($"Mine {_id}");
        await page["save"].ClickAsync();
        await Assertions.Expect(page["conflict"]).ToContainTextAsync($"Another {_id}");
        await Assertions.Expect(page["conflict"]).ToContainTextAsync($"Mine {_id}");
        await page["overwrite"].ClickAsync();

        await Assertions.Expect(page[$"product-{_id}"]).ToContainTextAsync($"Mine {_id}");
        await PutAsync(api, "Last");
        await page[$"delete-{_id}"].ClickAsync();
        await page.Page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Assertions.Expect(page["stale"]).ToBeVisibleAsync();
        await Assertions.Expect(page[$"product-{_id}"]).ToContainTextAsync($"Last {_id}");
        using var deleted = await api.DeleteAsync(new Uri($"/api/db/products/{_id}", UriKind.Relative), Cancellation);
        Assert.True(deleted.IsSuccessStatusCode);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Products_are_filtered_and_sorted_as_cards_and_as_a_grid_and_with_the_form_they_fit_a_phone()
    {
        await using var page = await OpenAsync(colorScheme: ColorScheme.Dark);
        await Assertions.Expect(page["cards"]).ToContainTextAsync("Plush Fox");

        await ChooseAsync(page, "filter-category", "books");
        await Assertions.Expect(page["cards"]).Not.ToContainTextAsync("Plush Fox");
        await Assertions.Expect(page["keys"]).ToContainTextAsync("db:category:books");
        await ChooseAsync(page, "order", "most expensive first");
        await ChooseAsync(page, "filter-stock", "in stock");
        await page["view"].GetByText("Grid", new() { Exact = true }).ClickAsync();

        await Assertions.Expect(page["grid"].Locator("tbody tr").First).ToContainTextAsync("books");
        await Assertions.Expect(page["grid"]).Not.ToContainTextAsync("out of stock");
        var prices = await page["grid"].Locator("tbody tr td:nth-child(3)").AllInnerTextsAsync();
        var numbers = prices.Select(price => decimal.Parse(price.Split('\n')[^1].TrimStart('€'), CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(numbers.OrderDescending(), numbers);

        await page.Page.SetViewportSizeAsync(360, 900);
        await page["new"].ClickAsync();
        await Assertions.Expect(page["save"]).ToBeVisibleAsync();
        await page.ExpectAccessibleAsync();
        await page.ExpectFittingAsync();
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task What_is_changed_or_deleted_in_the_grid_is_so_at_once()
    {
        using var api = new HttpClient { BaseAddress = fixture.Apis[0].Url, DefaultRequestHeaders = { { "X-Admin-Key", AppHostUnderTest.AdminKey } } };
        await PutAsync(api, "Before");
        await fixture.Redis.WaitForReplicasAsync();
        await using var page = await OpenAsync();
        await FilterAsync(page, _id);
        await page["view"].GetByText("Grid", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(page["grid"]).ToContainTextAsync($"Before {_id}");

        await page[$"edit-{_id}"].ClickAsync();
        await ExpectReadyAsync(page);
        await page["product-name"].FillAsync($"After {_id}");
        await page["save"].ClickAsync();
        await Assertions.Expect(page["grid"]).ToContainTextAsync($"After {_id}");

        await page[$"delete-{_id}"].ClickAsync();
        await page.Page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Assertions.Expect(page["grid"]).Not.ToContainTextAsync(_id);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_product_is_found_by_its_name_in_French_and_its_key_is_one_click_away()
    {
        await using var page = await OpenAsync("fr");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Catalogue");
        await FilterAsync(page, "clavier mecanique");

        await page["product-prod7"].GetByTestId("key-link").ClickAsync();

        await Assertions.Expect(page["key-name"]).ToHaveTextAsync("db:product:prod7");
        await Assertions.Expect(page["value"]).ToContainTextAsync("\"name\": \"Mechanical Keyboard\"");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Clés");
        Assert.Empty(page.Errors);
    }

    private async Task<BrowserPage> OpenAsync(string language = "en", ColorScheme colorScheme = ColorScheme.Light, string query = "")
    {
        var page = await fixture.OpenAsync(path: "/catalogue" + query, language: language, colorScheme: colorScheme);
        await Assertions.Expect(page["cards"].Locator("li").First).ToBeVisibleAsync();
        return page;
    }

    // The dialog takes the focus to its first field a moment after it has opened, even from a field that is being typed in.
    private static Task ExpectReadyAsync(BrowserPage page) => Assertions.Expect(page["product-name"]).ToBeFocusedAsync();

    [GeneratedRegex("[?&]name=")]
    private static partial Regex Filtered();

    private static async Task FilterAsync(BrowserPage page, string name)
    {
        await page["filter-name"].FillAsync(name);
        await page["filter-name"].PressAsync("Enter");
        // A change of the address closes a dialog, and the product may be shown before.
        await Assertions.Expect(page.Page).ToHaveURLAsync(Filtered());
    }

    private static async Task ChooseAsync(BrowserPage page, string mark, string choice)
    {
        await page[mark].ClickAsync();
        await page.Page.GetByRole(AriaRole.Option, new() { Name = choice, Exact = true }).ClickAsync();
    }

    // A node that is slow may appear down for a moment, so the form is sent again.
    private Task PutAsync(HttpClient api, string name) => Eventually.HoldsAsync($"{name} is written", async () =>
    {
        using var answer = await api.PutAsJsonAsync(
            new Uri($"/api/db/products/{_id}", UriKind.Relative), new { name = $"{name} {_id}", price = 3, category = "pages", in_stock = true }, Cancellation);
        Assert.True(answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.ServiceUnavailable, await answer.Content.ReadAsStringAsync(Cancellation));
        return answer.IsSuccessStatusCode;
    });
}
