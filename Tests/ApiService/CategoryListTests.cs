using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

// The categories are listed as a whole, so that every test begins with a new catalogue on nodes of this class only.
public sealed class CategoryListTests(CatalogueFixture fixture) : IClassFixture<CatalogueFixture>, IAsyncLifetime
{
    private readonly ProductClient _products = fixture.Products;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await fixture.Redis.Master.ExecuteAsync("FLUSHALL");
        foreach (var (id, category) in new[] { ("p1", "tools"), ("p2", "été ☕"), ("p3", "tools"), ("p4", "Sound:é") })
            await _products.PutAsync(id, ProductClient.Body(category: category));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Categories_are_listed_with_their_products_whatever_the_size_of_pages(int limit) =>
        await HoldsAsync("Sound:é 1, tools 2, été ☕ 1", limit);

    [Fact]
    public async Task They_come_and_go_with_their_products()
    {
        await _products.PutAsync("p4", ProductClient.Body(category: "tools"));
        await _products.DeleteAsync("p2");
        await _products.PatchAsync("p1", """{"category":"garden"}""");

        await HoldsAsync("garden 1, tools 2");
        Assert.Empty(await CatalogueDrift.FindAsync(fixture.Redis.Master));
    }

    [Fact]
    public async Task A_replica_tells_them_without_a_master_and_without_any_node_nobody_does()
    {
        var own = new CatalogueFixture();
        await own.InitializeAsync();
        await using var cleanup = own;
        await own.Products.PutAsync("p1", ProductClient.Body(category: "tools"));
        await own.Redis.WaitForReplicasAsync();

        await own.Redis.Master.Process.KillAsync();
        var page = await PageAsync("", own.Anybody);
        foreach (var replica in own.Redis.Replicas)
            await replica.Process.KillAsync();
        using var nobody = await own.Anybody.GetAsync(new Uri("/api/db/categories", UriKind.Relative), Cancellation);

        Assert.StartsWith("redis-replica-", page.GetProperty("node").GetString());
        Assert.Equal("tools", Assert.Single(page.GetProperty("items").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (nobody.StatusCode, nobody.Headers.RetryAfter is not null));
    }

    [Theory]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=1001", "limit")]
    [InlineData("?limit=all", "limit")]
    [InlineData("?cursor=*", "cursor")]
    public async Task A_page_that_cannot_be_is_a_problem(string query, string parameter)
    {
        using var response = await fixture.Anybody.GetAsync(new Uri($"/api/db/categories{query}", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.True((await ProductClient.JsonAsync(response)).GetProperty("errors").TryGetProperty(parameter, out _));
    }

    // On a replica, a moment later.
    private Task HoldsAsync(string expected, int limit = 100) =>
        Eventually.HoldsAsync($"the categories are {expected}", async () => string.Join(", ", await PagesAsync(limit)) == expected);

    private async Task<List<string>> PagesAsync(int limit)
    {
        var items = new List<string>();
        string? cursor = null;
        do
        {
            var page = await PageAsync(cursor is null ? $"?limit={limit}" : $"?limit={limit}&cursor={cursor}", fixture.Anybody);
            items.AddRange(page.GetProperty("items").EnumerateArray().Select(item => $"{item.GetProperty("name").GetString()} {item.GetProperty("products").GetInt64()}"));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);

        return items;
    }

    private static Task<JsonElement> PageAsync(string query, HttpClient http) =>
        http.GetFromJsonAsync<JsonElement>(new Uri($"/api/db/categories{query}", UriKind.Relative), Cancellation);
}
