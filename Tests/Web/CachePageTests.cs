using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace RedisAspire.Tests.Web;

[Collection(nameof(BrowserCollection))]
public sealed partial class CachePageTests(BrowserFixture fixture)
{
    private readonly string _key = $"key-{Guid.NewGuid():N}";

    [Fact]
    public async Task A_key_is_a_miss_and_then_a_hit_whose_time_to_live_counts_down_until_it_is_forgotten()
    {
        await using var page = await fixture.OpenAsync();

        await page.RunAsync(_key);
        await page.ExpectTextAsync("result-badge", "MISS");
        await page.ExpectTextAsync("result-value", $"data_pour_{_key}");
        await page.ExpectTextAsync("result-source", "database");
        await Assertions.Expect(page["ttl"]).ToHaveTextAsync(NearlyAMinute());

        await page.RunAsync(_key);
        await page.ExpectTextAsync("result-badge", "HIT");
        await page.ExpectTextAsync("result-value", $"data_pour_{_key}");
        await page.ExpectTextAsync("result-source", "cache");
        await Assertions.Expect(page["server-time"]).ToContainTextAsync("ms");
        await Assertions.Expect(page["client-time"]).ToContainTextAsync("ms");
        await page.ExpectTextAsync("hit-ratio", "50 %");
        // One look-up has one number, wherever it is shown.
        var took = (await page["server-time"].TextContentAsync())!;
        await Assertions.Expect(page["history"].Locator("li").First).ToContainTextAsync(took);
        await Assertions.Expect(page["everybody"].Locator("li").Filter(new() { HasText = _key }).First).ToContainTextAsync(took);
        await Assertions.Expect(page["ttl"]).ToHaveTextAsync(SecondsLess());

        await page["forget"].ClickAsync();
        await page.ExpectTextAsync("ttl", "removed");
        await page.RunAsync(_key);
        await Assertions.Expect(page["ttl"]).Not.ToHaveTextAsync("removed");
        await page.ExpectTextAsync("result-badge", "MISS");
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_request_that_runs_can_be_cancelled()
    {
        await using var page = await fixture.OpenAsync();

        await page.RunAsync(_key);
        await page["cancel"].ClickAsync();

        await Assertions.Expect(page["cancel"]).ToBeHiddenAsync();
        await Assertions.Expect(page["result"]).ToBeHiddenAsync();
        await Assertions.Expect(page["run"]).ToBeEnabledAsync();
    }

    [Fact]
    public async Task Any_key_is_shown_as_what_it_is()
    {
        string[] keys = [$"<script>alert(1)</script> {_key}", $"a/b?c#d%2Fe&f {_key}", "..", $"utilisateurs actifs ☕ مرحبا {_key}"];
        await using var page = await fixture.OpenAsync();
        // The database takes two seconds for each, and all of them at the same time.
        await Task.WhenAll(keys.Select(LookUpElsewhereAsync));

        foreach (var key in keys)
        {
            await page.RunAsync(key);

            await page.ExpectTextAsync("result-value", $"data_pour_{key}");
        }

        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_key_that_is_no_cache_entry_is_refused_in_French_with_the_API_s_own_words_as_its_English_detail()
    {
        await using var page = await fixture.OpenAsync(language: "fr");

        await page.RunAsync("db:product:prod1");

        await Assertions.Expect(page["error"]).ToContainTextAsync("Saisie refusée");
        await Assertions.Expect(page["error"]).ToContainTextAsync("Corrigez-la, puis réessayez.");
        await page.ExpectTextAsync("detail", "Keys that start with 'db:' are no cache entries.");
        await Assertions.Expect(page["detail"]).ToHaveAttributeAsync("lang", "en");
    }

    [Fact]
    public async Task Every_node_has_a_card()
    {
        await using var page = await fixture.OpenAsync();

        foreach (var node in fixture.Redis.Nodes)
        {
            var card = page[$"node-{node.Name}"];
            await Assertions.Expect(card).ToHaveAttributeAsync("data-status", "up");
            await Assertions.Expect(card).ToHaveAttributeAsync("data-role", node == fixture.Redis.Master ? "master" : "replica");
            await Assertions.Expect(card).ToContainTextAsync($"localhost:{node.Port}");
        }
    }

    private async Task LookUpElsewhereAsync(string key)
    {
        using var http = new HttpClient { BaseAddress = fixture.Apis[0].Url };
        await http.GetStringAsync(new Uri($"data?key={Uri.EscapeDataString(key)}", UriKind.Relative), TestContext.Current.CancellationToken);
    }

    // Each second is shown for a second only, and a busy machine may pass one over.
    [GeneratedRegex("^(?:60|5[89]) s$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NearlyAMinute();

    [GeneratedRegex("^(?:5[0-7]|[1-4][0-9]) s$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SecondsLess();
}
