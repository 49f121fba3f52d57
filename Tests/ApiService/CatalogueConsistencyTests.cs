using System.Net;
using System.Text.Json;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

// The catalogue is inspected as a whole, so that every test begins with a new one on nodes of this class only.
public sealed class CatalogueConsistencyTests(CatalogueFixture fixture) : IClassFixture<CatalogueFixture>, IAsyncLifetime
{
    private readonly HttpClient _http = fixture.Anybody;
    private readonly ProductClient _products = new(fixture.Admin);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RedisServer Master => fixture.Redis.Master;

    public async ValueTask InitializeAsync()
    {
        await Master.ExecuteAsync("FLUSHALL");
        foreach (var id in new[] { "p1", "p2", "p3" })
            await _products.PutAsync(id, ProductClient.Body(price: "10", category: "tools"));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_catalogue_that_was_only_written_by_the_API_is_consistent()
    {
        await _products.PutAsync("p2", ProductClient.Body(price: "20", category: "garden"));
        await _products.DeleteAsync("p3");

        var answer = await CheckAsync();

        Assert.Equal((true, true, 2), (answer.GetProperty("consistent").GetBoolean(), answer.GetProperty("complete").GetBoolean(), answer.GetProperty("products").GetInt32()));
        Assert.Empty(answer.GetProperty("drift").EnumerateArray());
    }

    [Theory]
    [InlineData("SREM db:products p1", "db:products lacks it")]
    [InlineData("SREM db:category:tools p1", "db:category:tools lacks it")]
    [InlineData("ZREM db:products:by_price p1", "db:products:by_price lacks it")]
    [InlineData("ZADD db:products:by_price 11 p1", "db:products:by_price has another price")]
    [InlineData("SADD db:category:garden p1", "db:category:garden has it, but it is not of this category")]
    [InlineData("ZADD db:categories 0 ghosts", "db:categories has it, but no product is of this category")]
    [InlineData("EXPIRE db:product:p1 1000", "db:product:p1 expires")]
    [InlineData("DEL db:product:p1", "db:products has it, but there is no such product")]
    [InlineData("SADD db:products p1 ghost", "db:products has it, but there is no such product")]
    [InlineData("ZADD db:products:by_price 1 ghost", "db:products:by_price has it, but there is no such product")]
    [InlineData("SADD db:category:ghosts ghost", "db:category:ghosts has it, but it is not of this category")]
    public async Task Drift_is_found_and_repaired(string fault, string problem)
    {
        var words = fault.Split(' ');
        await Master.ExecuteAsync(words[0], words[1..]);

        var found = await CheckAsync();
        using var repair = await _products.PostAsync("/api/db/consistency/repair");

        var drift = Assert.Single(found.GetProperty("drift").EnumerateArray());
        Assert.False(found.GetProperty("consistent").GetBoolean());
        Assert.Contains(problem, drift.GetProperty("problems").EnumerateArray().Select(text => text.GetString()));
        Assert.Equal(HttpStatusCode.OK, repair.StatusCode);
        Assert.InRange((await ProductClient.JsonAsync(repair)).GetProperty("repaired").GetInt64(), 1, 3);
        Assert.True((await CheckAsync()).GetProperty("consistent").GetBoolean());
        Assert.Empty(await CatalogueDrift.FindAsync(Master));
    }

    [Fact]
    public async Task Categories_that_are_missing_are_found_and_repaired()
    {
        await Master.ExecuteAsync("DEL", "db:categories");

        var found = await CheckAsync();
        using var repair = await _products.PostAsync("/api/db/consistency/repair");

        Assert.Equal(["p1", "p2", "p3"], found.GetProperty("drift").EnumerateArray().Select(drift => drift.GetProperty("id").GetString()).Order());
        Assert.Empty(await CatalogueDrift.FindAsync(Master));
    }

    [Fact]
    public async Task Much_drift_is_told_up_to_the_limit_and_repaired_as_a_whole()
    {
        for (var i = 0; i < 300; i++)
            await Master.ExecuteAsync("SADD", "db:products", $"ghost-{i}");

        var found = await CheckAsync("?limit=10");
        using var repair = await _products.PostAsync("/api/db/consistency/repair");

        Assert.Equal((false, 10), (found.GetProperty("complete").GetBoolean(), found.GetProperty("drift").GetArrayLength()));
        Assert.Equal(300, (await ProductClient.JsonAsync(repair)).GetProperty("repaired").GetInt64());
        Assert.True((await CheckAsync()).GetProperty("consistent").GetBoolean());
    }

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=1001")]
    public async Task The_limit_has_limits(string query)
    {
        using var response = await _http.GetAsync(new Uri($"/api/db/consistency{query}", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task An_index_that_is_something_else_is_a_conflict()
    {
        await Master.ExecuteAsync("SET", "db:products", "a string");

        using var check = await _http.GetAsync(new Uri("/api/db/consistency", UriKind.Relative), Cancellation);
        using var repair = await _products.PostAsync("/api/db/consistency/repair");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict), (check.StatusCode, repair.StatusCode));
    }

    [Theory]
    [InlineData("/api/db/consistency/repair")]
    [InlineData("/api/db/seed")]
    public async Task Without_the_admin_key_nothing_is_repaired_or_added(string path)
    {
        using var response = await fixture.Anybody.PostAsync(new Uri(path, UriKind.Relative), content: null, Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(3, (long)await Master.ExecuteAsync("SCARD", "db:products"));
    }

    [Fact]
    public async Task What_is_no_product_is_in_no_index_after_a_repair_and_left_as_it_is()
    {
        await Master.ExecuteAsync("SET", "db:product:p1", "nonsense");
        await Master.ExecuteAsync("RPUSH", "db:product:list", "1");

        var found = await CheckAsync();
        using var repair = await _products.PostAsync("/api/db/consistency/repair");

        Assert.Equal("p1", Assert.Single(found.GetProperty("drift").EnumerateArray()).GetProperty("id").GetString());
        Assert.True((await CheckAsync()).GetProperty("consistent").GetBoolean());
        Assert.Equal(0, (long)await Master.ExecuteAsync("SISMEMBER", "db:products", "p1"));
        Assert.Equal("nonsense", (string?)await Master.ExecuteAsync("GET", "db:product:p1"));
    }

    private async Task<JsonElement> CheckAsync(string query = "")
    {
        using var response = await _http.GetAsync(new Uri($"/api/db/consistency{query}", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await ProductClient.JsonAsync(response);
    }
}
