using Microsoft.Playwright;
using RedisAspire.Tests.Support;
using StackExchange.Redis;

namespace RedisAspire.Tests.Web;

[Collection(nameof(BrowserCollection))]
public sealed class KeysPageTests(BrowserFixture fixture) : IAsyncLifetime
{
    private readonly string _prefix = $"page-{Guid.NewGuid():N}";
    private ConnectionMultiplexer _connection = null!;

    private IDatabase Redis => _connection.GetDatabase();

    public async ValueTask InitializeAsync() =>
        _connection = await ConnectionMultiplexer.ConnectAsync(fixture.Redis.Master.ConnectionString);

    public async ValueTask DisposeAsync()
    {
        foreach (var suffix in (string[])["", ":a:1", ":a:2", ":b"])
            await Redis.KeyDeleteAsync(_prefix + suffix);
        await _connection.CloseAsync();
        _connection.Dispose();
    }

    [Fact]
    public async Task A_key_is_found_and_shown_expires_or_stays_and_is_deleted()
    {
        await Redis.HashSetAsync(_prefix, [new HashEntry("name", "Ada"), new HashEntry("profile", """{"born":1815}""")]);
        await using var page = await fixture.OpenAsync(path: "/keys");

        await FindAsync(page, $"{_prefix}*");
        await Assertions.Expect(page["key-link"]).ToHaveCountAsync(1);
        await page["key-link"].ClickAsync();
        await Assertions.Expect(page["key-name"]).ToHaveTextAsync(_prefix);
        await Assertions.Expect(page["length"]).ToHaveTextAsync("2");
        await Assertions.Expect(page["elements"]).ToContainTextAsync("\"born\": 1815");
        await Assertions.Expect(Ttl(page)).ToHaveTextAsync("never");

        await page["expire"].ClickAsync();
        await Assertions.Expect(page["persist"]).ToBeVisibleAsync();
        Assert.InRange((await Redis.KeyTimeToLiveAsync(_prefix))!.Value.TotalSeconds, 1, 60);
        await page["persist"].ClickAsync();
        await Assertions.Expect(Ttl(page)).ToHaveTextAsync("never");
        Assert.Null(await Redis.KeyTimeToLiveAsync(_prefix));

        await page["delete"].ClickAsync();
        await ConfirmAsync(page, "Delete");
        await Assertions.Expect(page["deleted"]).ToBeVisibleAsync();
        await Assertions.Expect(page["key-link"]).ToBeHiddenAsync();
        Assert.False(await Redis.KeyExistsAsync(_prefix));
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task The_tree_opens_level_by_level()
    {
        foreach (var suffix in (string[])[":a:1", ":a:2", ":b"])
            await Redis.StringSetAsync(_prefix + suffix, "value of " + suffix);
        await using var page = await fixture.OpenAsync(path: "/keys");
        var tree = page["tree"];

        await ToggleAsync(_prefix);
        await Assertions.Expect(Item("b")).ToBeVisibleAsync();
        await ToggleAsync("a");
        await Item("2").ClickAsync();

        await Assertions.Expect(page["key-name"]).ToHaveTextAsync($"{_prefix}:a:2");
        await Assertions.Expect(page["value"]).ToContainTextAsync("value of :a:2");
        Assert.Empty(page.Errors);

        ILocator Item(string name) => tree.Locator(".key").GetByText(name, new() { Exact = true });

        async Task ToggleAsync(string name) =>
            await tree.Locator(".rz-treenode-content").Filter(new() { Has = page.Page.Locator(".key").GetByText(name, new() { Exact = true }) }).Locator(".rz-tree-toggler").ClickAsync();
    }

    [Fact]
    public async Task What_could_not_be_read_is_read_again_by_itself()
    {
        var master = fixture.Redis.Master;
        await master.ExecuteAsync("ACL", "SETUSER", "default", "-scan");
        try
        {
            await using var page = await fixture.OpenAsync(path: "/keys");
            await Assertions.Expect(page["tree"]).ToContainTextAsync("Not possible at the moment: try again");

            await master.ExecuteAsync("ACL", "SETUSER", "default", "+scan");

            await Assertions.Expect(page["tree"].GetByText("db", new() { Exact = true })).ToBeVisibleAsync();
            await Assertions.Expect(page["tree"]).Not.ToContainTextAsync("try again");
        }
        finally
        {
            await master.ExecuteAsync("ACL", "SETUSER", "default", "+scan");
        }
    }

    [Fact]
    public async Task The_rest_of_a_long_value_is_a_click_away()
    {
        await Redis.ListRightPushAsync(_prefix, [.. Enumerable.Range(1, 80).Select(number => (RedisValue)$"element {number}")]);
        await using var page = await fixture.OpenAsync(path: $"/keys?key={_prefix}");
        var last = page["elements"].GetByText("element 80", new() { Exact = true });
        await Assertions.Expect(page["elements"]).ToContainTextAsync("element 1");
        await Assertions.Expect(last).ToBeHiddenAsync();

        await page["more-value"].ClickAsync();

        await Assertions.Expect(last).ToBeVisibleAsync();
        await Assertions.Expect(page["more-value"]).ToBeHiddenAsync();
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task All_keys_of_a_pattern_are_counted_and_then_deleted()
    {
        for (var i = 0; i < 70; i++)
            await Redis.StringSetAsync($"{_prefix}:bulk:{i}", i);
        await using var page = await fixture.OpenAsync(path: "/keys");

        await FindAsync(page, $"{_prefix}:bulk:*");
        // Until then the list may show these keys among all others, and what is begun there ends with it.
        await Assertions.Expect(page["bulk-delete"]).ToContainTextAsync($"{_prefix}:bulk:*");
        await Assertions.Expect(page["key-link"].First).ToContainTextAsync($"{_prefix}:bulk:");
        await page["count"].ClickAsync();
        await Assertions.Expect(page["bulk-result"]).ToContainTextAsync("Keys that match on the master: 70.");
        await page["delete-all"].ClickAsync();
        await ConfirmAsync(page, "Delete them");

        await Assertions.Expect(page["bulk-result"]).ToContainTextAsync("Keys deleted on the master and its replicas: 70");
        await Assertions.Expect(page["shown"]).ToHaveTextAsync("Keys shown: 0");
        Assert.False(await Redis.KeyExistsAsync($"{_prefix}:bulk:0"));
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_hostile_key_and_a_long_value_are_shown_as_what_they_are()
    {
        var key = $"{_prefix} <script>alert(1)</script> مرحبا ☕ %2F&?#";
        var value = string.Concat(Enumerable.Repeat("<b>é☕</b>ab", 1000));
        await Redis.StringSetAsync(key, value, TimeSpan.FromMinutes(5));
        await using var page = await fixture.OpenAsync(360, path: "/keys");

        await FindAsync(page, $"{_prefix}*");
        await Assertions.Expect(page["key-link"]).ToHaveCountAsync(1);
        await page["key-link"].ClickAsync();

        await Assertions.Expect(page["key-name"]).ToHaveTextAsync(key);
        await Assertions.Expect(page["value"].Locator("pre")).ToHaveTextAsync(value);
        await page["mode"].GetByText("Hex").ClickAsync();
        await Assertions.Expect(page["value"].Locator("pre")).ToContainTextAsync("00000000  3c 62 3e c3 a9 e2 98 95");
        await page.ExpectFittingAsync();
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_replica_shows_what_it_has_and_says_so_when_it_has_not()
    {
        await Redis.ListRightPushAsync(_prefix, ["first", "second"]);
        await fixture.Redis.WaitForReplicasAsync();
        var replica = fixture.Redis.Nodes[1].Name;
        await using var page = await fixture.OpenAsync(path: $"/keys?key={_prefix}&node={replica}", language: "fr");

        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Clés");
        await Assertions.Expect(page["key-card"]).ToContainTextAsync($"lue sur {replica}");
        await Assertions.Expect(page["elements"]).ToContainTextAsync("second");

        await page.GotoAsync(new Uri(fixture.Url, $"/keys?key={_prefix}-none&node={replica}"));
        await Assertions.Expect(page["error"]).ToContainTextAsync("Ce nœud n’a pas cette clé");
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_value_what_was_found_and_a_pattern_that_is_refused_are_accessible_and_fit_a_phone()
    {
        await using var page = await fixture.OpenAsync(360, ColorScheme.Dark, "/keys?key=db%3Aproducts");
        await Assertions.Expect(page["elements"]).ToBeVisibleAsync();
        await Assertions.Expect(page["tree"]).ToContainTextAsync("db");
        await page.ExpectAccessibleAsync();

        await FindAsync(page, "db:product:*");
        await Assertions.Expect(page["key-link"].First).ToBeVisibleAsync();
        await page.ExpectAccessibleAsync();
        await page.ExpectFittingAsync();

        await FindAsync(page, @"a\");
        await Assertions.Expect(page.Page.Locator("#content form")).ToContainTextAsync("A backslash must be followed by a character.");
        await page.ExpectAccessibleAsync();
        await FindAsync(page, "*********");
        await Assertions.Expect(page["detail"]).ToContainTextAsync("at most 8 of them '*'");
    }

    private static ILocator Ttl(BrowserPage page) => page["key-card"].GetByTestId("key-ttl");

    private static async Task FindAsync(BrowserPage page, string pattern)
    {
        await page.Page.GetByRole(AriaRole.Tab, new() { Name = "List" }).ClickAsync();
        await page["pattern"].FillAsync(pattern);
        await page["find"].ClickAsync();
        // While it is searched the button is disabled, and pale.
        await Assertions.Expect(page["find"]).ToBeEnabledAsync();
    }

    private static Task ConfirmAsync(BrowserPage page, string button) =>
        page.Page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
}
