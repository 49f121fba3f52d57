using System.Net;
using System.Text.Json;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

// The catalogue is listed as a whole, so that it is filled by this class only.
public sealed class ProductListTests(CatalogueFixture fixture) : IClassFixture<CatalogueFixture>, IAsyncLifetime
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ProductClient Products => fixture.Products;

    public ValueTask InitializeAsync() => FillAsync(fixture);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("", "p1 p2 p3 p4 p5 p6 p7")]
    [InlineData("order=desc", "p7 p6 p5 p4 p3 p2 p1")]
    [InlineData("sort=name", "p5 p1 p7 p4 p3 p2 p6")]
    [InlineData("sort=name&order=desc", "p6 p2 p3 p4 p7 p1 p5")]
    [InlineData("category=tools", "p1 p3 p4 p6")]
    [InlineData("category=tools&order=desc", "p6 p4 p3 p1")]
    [InlineData("category=tools&sort=name", "p1 p4 p3 p6")]
    [InlineData("category=none", "")]
    [InlineData("minPrice=5", "p2 p3 p4 p5 p6 p7")]
    [InlineData("minPrice=5&maxPrice=5", "p2 p3 p4")]
    [InlineData("maxPrice=5&category=tools&inStock=true", "p1 p3")]
    [InlineData("inStock=false", "p4 p7")]
    [InlineData("name=ECRAN", "p4 p7")]
    [InlineData("name=ECRAN&name=nowhere", "p4 p7")]
    [InlineData("name=nowhere&name=", "p1 p2 p3 p4 p5 p6 p7")]
    [InlineData("name=r&inStock=true&minPrice=5&sort=name", "p3 p2 p6")]
    public async Task Products_are_those_that_are_wanted_in_the_wanted_order_whatever_the_size_of_pages(string query, string expected)
    {
        foreach (var limit in new[] { 1, 2, 3, 20 })
            Assert.Equal(expected, string.Join(' ', (await PagesAsync($"{query}&limit={limit}")).Select(Id)));
    }

    [Theory]
    [InlineData("", 7)]
    [InlineData("minPrice=5&maxPrice=5&limit=1", 3)]
    [InlineData("category=tools&limit=1", 4)]
    [InlineData("sort=name&limit=2", 7)]
    [InlineData("inStock=true", null)]
    public async Task The_total_is_told_where_an_index_knows_it(string query, int? expected)
    {
        var total = (await Products.ListAsync(query)).GetProperty("total");

        Assert.Equal(expected, total.ValueKind == JsonValueKind.Null ? null : total.GetInt32());
    }

    [Fact]
    public async Task A_replica_is_read_and_said_to_be()
    {
        var page = await Products.ListAsync("");

        Assert.Equal("redis_db", page.GetProperty("source").GetString());
        Assert.StartsWith("redis-replica-", page.GetProperty("node").GetString());
    }

    [Fact]
    public async Task Products_that_come_and_go_between_pages_make_none_of_the_others_missing_or_double()
    {
        var page = await Products.ListAsync("limit=3");
        await Products.PutAsync("p0", ProductClient.Body(price: "0.5"));
        await Products.DeleteAsync("p3");
        await fixture.Redis.WaitForReplicasAsync();
        var rest = await PagesAsync("limit=2", page.GetProperty("next").GetString());
        await Products.DeleteAsync("p0");

        Assert.Equal("p4 p5 p6 p7", string.Join(' ', rest.Select(Id)));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("minPrice=-1", "minPrice")]
    [InlineData("minPrice=2&maxPrice=1", "maxPrice")]
    [InlineData("sort=color", "sort")]
    [InlineData("order=up", "order")]
    [InlineData("cursor=%00", "cursor")]
    [InlineData("cursor=bnVsbA", "cursor")]
    [InlineData("cursor=e30", "cursor")]
    public async Task A_query_that_makes_no_sense_is_refused_by_the_name_of_the_parameter(string query, string parameter)
    {
        using var response = await fixture.Anybody.GetAsync(new Uri($"/api/db/products?{query}", UriKind.Relative), Cancellation);

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.NotEmpty((await ProductClient.JsonAsync(response)).GetProperty("errors").GetProperty(parameter)[0].GetString()!);
    }

    [Fact]
    public async Task Names_are_looked_for_by_as_many_texts_as_a_translation_needs_and_no_more()
    {
        var texts = Enumerable.Range(0, 64).Select(i => $"name=none{i}").ToArray();
        Assert.Empty((await Products.ListAsync(string.Join('&', texts))).GetProperty("items").EnumerateArray());

        foreach (var refused in (string[])[string.Join('&', texts.Append("name=one-more")), $"name=a&name={new string('b', 201)}"])
        {
            using var response = await fixture.Anybody.GetAsync(new Uri($"/api/db/products?{refused}", UriKind.Relative), Cancellation);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.NotEmpty((await ProductClient.JsonAsync(response)).GetProperty("errors").GetProperty("name")[0].GetString()!);
        }
    }

    [Fact]
    public async Task When_the_replicas_hang_or_are_gone_the_master_is_read()
    {
        await using var own = new CatalogueFixture();
        await own.InitializeAsync();
        await FillAsync(own);
        Assert.StartsWith("redis-replica-", (await own.Products.ListAsync("")).GetProperty("node").GetString());

        foreach (var replica in own.Redis.Nodes.Skip(1))
            replica.Process.Send(Signal.Pause);
        var hanging = await own.Products.ListAsync("sort=name");
        foreach (var replica in own.Redis.Nodes.Skip(1))
            await replica.Process.KillAsync();
        var gone = await own.Products.ListAsync("category=tools");
        await own.Redis.Master.Process.KillAsync();
        using var nobody = await own.Anybody.GetAsync(new Uri("/api/db/products", UriKind.Relative), Cancellation);

        Assert.Equal(("redis-master", 7), (hanging.GetProperty("node").GetString(), hanging.GetProperty("items").GetArrayLength()));
        Assert.Equal(("redis-master", 4), (gone.GetProperty("node").GetString(), gone.GetProperty("items").GetArrayLength()));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (nobody.StatusCode, nobody.Headers.RetryAfter is not null));
    }

    private static string Id(JsonElement product) => product.GetProperty("id").GetString()!;

    private async Task<List<JsonElement>> PagesAsync(string query, string? cursor = null)
    {
        var items = new List<JsonElement>();
        do
        {
            var page = await Products.ListAsync(cursor is null ? query : $"{query}&cursor={cursor}");
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);

        return items;
    }

    // Seven products, three of them of one price.
    private static async ValueTask FillAsync(CatalogueFixture catalogue)
    {
        foreach (var (id, name, price, category, isInStock) in new[]
        {
            ("p1", "drill", "1", "tools", true), ("p2", "Radio", "5", "sound", true), ("p3", "hammer", "5", "tools", true), ("p4", "Écran A", "5", "tools", false),
            ("p5", "Anvil", "7.5", "garden", true), ("p6", "Saw, rusty", "99.99", "tools", true), ("p7", "écran", "1000000", "sound", false),
        })
        {
            using var response = await catalogue.Products.PutAsync(id, ProductClient.Body(name, price, category, isInStock));
            response.EnsureSuccessStatusCode();
        }

        await catalogue.Redis.WaitForReplicasAsync();
    }
}
