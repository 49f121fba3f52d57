using System.Text;
using Microsoft.Playwright;
using StackExchange.Redis;

namespace RedisAspire.Tests.Web;

/// <summary>Keys that are created, changed, exported and imported on the page.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class KeyEditPageTests(BrowserFixture fixture) : IAsyncLifetime
{
    private readonly string _prefix = $"edit-{Guid.NewGuid():N}";
    private ConnectionMultiplexer _connection = null!;

    private IDatabase Redis => _connection.GetDatabase();

    public async ValueTask InitializeAsync() => _connection = await ConnectionMultiplexer.ConnectAsync(fixture.Redis.Master.ConnectionString);

    public async ValueTask DisposeAsync()
    {
        foreach (var suffix in (string[])[":a", ":b", ":c"])
            await Redis.KeyDeleteAsync(_prefix + suffix);
        await _connection.CloseAsync();
        _connection.Dispose();
    }

    [Fact]
    public async Task A_key_is_created_edited_unless_somebody_else_was_first_and_renamed_and_the_address_leads_back()
    {
        await using var page = await fixture.OpenAsync(path: $"/keys?view=list&sort=name&pattern={_prefix}*");
        await page["new-key"].ClickAsync();
        // The form puts the cursor there when it has appeared.
        await Assertions.Expect(page["new-name"]).ToBeFocusedAsync();
        await page["new-name"].FillAsync(_prefix + ":a");
        await page["element-value"].FillAsync("first");
        await page["save"].ClickAsync();
        await Assertions.Expect(page["key-name"]).ToHaveTextAsync(_prefix + ":a");
        await Assertions.Expect(page["key-link"]).ToHaveTextAsync(_prefix + ":a");

        await Redis.StringSetAsync(_prefix + ":a", "theirs");
        await EditAsync("mine");
        await Assertions.Expect(page["element-form"].GetByTestId("error")).ToContainTextAsync("nothing was overwritten");
        await page["reload-element"].ClickAsync();
        await Assertions.Expect(page["value"]).ToContainTextAsync("theirs");
        await EditAsync("mine");
        await Assertions.Expect(page["value"]).ToContainTextAsync("mine");

        await page["rename"].ClickAsync();
        await page["other-name"].FillAsync(_prefix + ":b");
        await page["save"].ClickAsync();
        await Assertions.Expect(page["key-name"]).ToHaveTextAsync(_prefix + ":b");
        await page.Page.GoBackAsync();
        await Assertions.Expect(page["key-name"]).ToHaveTextAsync(_prefix + ":a");
        await page.Page.GoForwardAsync();
        await page.Page.ReloadAsync();
        await Assertions.Expect(page["key-name"]).ToHaveTextAsync(_prefix + ":b");
        await Assertions.Expect(page["key-link"]).ToHaveTextAsync(_prefix + ":b");
        await Assertions.Expect(page["search"]).ToHaveTextAsync(_prefix + "*");
        Assert.Equal("mine", await Redis.StringGetAsync(_prefix + ":b"));

        async Task EditAsync(string value)
        {
            await page["edit-value"].ClickAsync();
            await page["element-value"].FillAsync(value);
            await page["save"].ClickAsync();
        }
    }

    [Fact]
    public async Task Elements_are_added_and_removed()
    {
        await Redis.SortedSetAddAsync(_prefix + ":a", "low", 1);
        await using var page = await fixture.OpenAsync(path: $"/keys?key={_prefix}:a");

        await page["add-element"].ClickAsync();
        await page["element-score"].FillAsync("inf");
        await page["element-value"].FillAsync("high");
        await page["save"].ClickAsync();
        await Assertions.Expect(page["elements"]).ToContainTextAsync("high");
        await page["remove-element"].First.ClickAsync();
        await page.Page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Remove", Exact = true }).ClickAsync();

        await Assertions.Expect(page["length"]).ToHaveTextAsync("1");
        Assert.Equal([new SortedSetEntry("high", double.PositiveInfinity)], await Redis.SortedSetRangeByRankWithScoresAsync(_prefix + ":a"));
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task What_was_exported_is_imported_once_it_is_said_what_there_is_already()
    {
        await Redis.HashSetAsync(_prefix + ":a", "field", "é");
        await Redis.StringSetAsync(_prefix + ":b", "other");
        await using var page = await fixture.OpenAsync(path: $"/keys?view=list&pattern={_prefix}*");

        var download = await page.Page.RunAndWaitForDownloadAsync(() => page["export"].ClickAsync());
        await Assertions.Expect(page["transfer-result"]).ToHaveTextAsync("Keys exported: 2.");
        var file = await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        await Redis.KeyDeleteAsync(_prefix + ":a");
        await ChooseAsync("{\"keys\":[{}]}");
        await Assertions.Expect(page["transfer"].GetByTestId("error")).ToContainTextAsync("Nothing has been written.");
        await ChooseAsync(file);
        await Assertions.Expect(page["import-check"]).ToContainTextAsync("1 new keys, 1 that there are already.");
        await page["import-new"].ClickAsync();

        await Assertions.Expect(page["transfer-result"]).ToHaveTextAsync("Keys written: 1. Left as they were: 1.");
        Assert.Equal("é", await Redis.HashGetAsync(_prefix + ":a", "field"));
        Assert.Empty(page.Errors);

        Task ChooseAsync(string json) => page["import-file"].SetInputFilesAsync(new FilePayload { Name = "keys.json", MimeType = "application/json", Buffer = Encoding.UTF8.GetBytes(json) });
    }
}
