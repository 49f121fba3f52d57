using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace RedisAspire.Tests.Web;

/// <summary>What the cache page shows of the look-ups of others, which level it asks, and in which language.</summary>
[Collection(nameof(BrowserCollection))]
public sealed partial class SharedLookupsTests(BrowserFixture fixture)
{
    private readonly string _key = $"key-{Guid.NewGuid():N}";

    [Fact]
    public async Task What_anybody_looks_up_is_shown_at_once_and_can_be_asked_again()
    {
        await using var page = await fixture.OpenAsync();

        await LookUpElsewhereAsync();
        await Assertions.Expect(page["everybody"]).ToContainTextAsync(_key);
        await Assertions.Expect(page["latency-chart"].Locator("svg").First).ToBeVisibleAsync();
        await page["everybody"].GetByRole(AriaRole.Button).Filter(new() { HasText = _key }).First.ClickAsync();

        await page.ExpectTextAsync("result-badge", "HIT");
        await page.ExpectTextAsync("result-value", $"data_pour_{_key}");
        await Assertions.Expect(page["key-input"]).ToHaveValueAsync(_key);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task The_near_cache_can_be_bypassed()
    {
        await using var page = await fixture.OpenAsync();
        await LookUpElsewhereAsync();
        await page.RunAsync(_key);
        await Assertions.Expect(page["result"]).ToBeVisibleAsync();

        await page.Page.GetByRole(AriaRole.Switch, new() { Name = "Bypass the near cache" }).PressAsync("Space");
        await page.RunAsync(_key);

        await page.ExpectTextAsync("result-level", "redis");
        await Assertions.Expect(page["result-node"]).ToContainTextAsync("redis-");
    }

    [Fact]
    public async Task The_page_speaks_the_language_of_the_browser_until_another_is_chosen()
    {
        await using var page = await fixture.OpenAsync(language: "fr");
        var heading = page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 });

        await Assertions.Expect(heading).ToHaveTextAsync("Démo de cache Redis");
        await page.RunAsync(_key);
        await Assertions.Expect(page["result-story"]).ToContainTextAsync(FrenchSeconds());

        await page["language-en"].ClickAsync();
        await Assertions.Expect(heading).ToHaveTextAsync("Redis Cache Demo");
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task The_first_page_weighs_less_than_half_a_megabyte_without_its_fonts()
    {
        await using var page = await fixture.NewPageAsync();
        var transfers = new ConcurrentQueue<Task<int>>();
        page.Page.RequestFinished += (_, request) =>
        {
            if (request.ResourceType != "font")
                transfers.Enqueue(WeighAsync(request));
        };

        await page.GotoAsync(fixture.Url);

        Assert.InRange((await Task.WhenAll(transfers)).Sum(), 100_000, 500_000);

        static async Task<int> WeighAsync(IRequest request) => (await request.SizesAsync()).ResponseBodySize;
    }

    private async Task LookUpElsewhereAsync()
    {
        using var http = new HttpClient { BaseAddress = fixture.Apis[0].Url };
        await http.GetStringAsync(new Uri($"data/{_key}", UriKind.Relative), TestContext.Current.CancellationToken);
    }

    // About two: a timer may be a millisecond early.
    [GeneratedRegex(@"la base de données simulée a pris [12],\d{3} s", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FrenchSeconds();
}
