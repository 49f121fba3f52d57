using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.RedisProcesses;

namespace RedisAspire.Tests.ApiService;

public sealed class ProductTests(CatalogueFixture fixture) : IClassFixture<CatalogueFixture>
{
    private readonly RedisReplication _redis = fixture.Redis;
    private readonly HttpClient _client = fixture.Anybody;
    private readonly ProductClient _products = fixture.Products;
    private readonly string _id = $"p-{Guid.NewGuid():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_product_is_created_durably_and_found_at_its_location()
    {
        using var created = await _products.PutAsync(_id, ProductClient.Body());

        var answer = await ProductClient.JsonAsync(created);
        Assert.Equal((HttpStatusCode.Created, $"/api/db/products/{_id}"), (created.StatusCode, created.Headers.Location?.ToString()));
        Assert.True(answer.GetProperty("durable").GetBoolean());
        Assert.InRange(answer.GetProperty("acknowledgedReplicas").GetInt32(), 1, 2);
        var found = await _client.GetFromJsonAsync<JsonElement>(created.Headers.Location, Cancellation);
        Assert.Equal(("redis_db", "redis-master"), (Text(found, "source"), Text(found, "node")));
        var product = found.GetProperty("data");
        Assert.Equal((_id, "Clavier ☕", "périphériques"), (Text(product, "id"), Text(product, "name"), Text(product, "category")));
        Assert.Equal((49.90m, true, "USB-C"), (product.GetProperty("price").GetDecimal(), product.GetProperty("in_stock").GetBoolean(), product.GetProperty("features")[0].GetString()));
        Assert.Equal(answer.GetProperty("data").GetRawText(), product.GetRawText());
    }

    [Fact]
    public async Task A_product_is_JSON_that_never_expires_and_that_every_index_leads_to()
    {
        using var created = await _products.PutAsync(_id, ProductClient.Body(price: "7.5", category: $"c-{_id}"));

        var version = (await ProductClient.JsonAsync(created)).GetProperty("data").GetProperty("version").GetInt64();
        Assert.Equal(
            $$"""{"id":"{{_id}}","name":"Clavier ☕","price":7.5,"category":"c-{{_id}}","in_stock":true,"features":["USB-C"],"version":{{version}}}""",
            (string?)await _redis.Master.ExecuteAsync("GET", $"db:product:{_id}"));
        Assert.Equal(-1, (long)await _redis.Master.ExecuteAsync("TTL", $"db:product:{_id}"));
        Assert.Equal(1, (long)await _redis.Master.ExecuteAsync("SISMEMBER", "db:products", _id));
        Assert.Equal(1, (long)await _redis.Master.ExecuteAsync("SISMEMBER", $"db:category:c-{_id}", _id));
        Assert.Equal("7.5", (string?)await _redis.Master.ExecuteAsync("ZSCORE", "db:products:by_price", _id));
    }

    [Fact]
    public async Task A_product_that_is_replaced_moves_in_every_index()
    {
        using var created = await _products.PutAsync(_id, ProductClient.Body(price: "1", category: $"old-{_id}"));
        using var replaced = await _products.PutAsync(_id, ProductClient.Body(price: "2", category: $"new-{_id}"));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (created.StatusCode, replaced.StatusCode));
        Assert.Equal(2, (await _products.ReadAsync(_id)).GetProperty("price").GetDecimal());
        Assert.Equal("2", (string?)await _redis.Master.ExecuteAsync("ZSCORE", "db:products:by_price", _id));
        Assert.Equal(0, (long)await _redis.Master.ExecuteAsync("EXISTS", $"db:category:old-{_id}"));
        Assert.Equal(1, (long)await _redis.Master.ExecuteAsync("SISMEMBER", $"db:category:new-{_id}", _id));
    }

    [Fact]
    public async Task A_product_without_an_id_gets_one()
    {
        using var created = await _products.PostAsync("/api/db/products", ProductClient.Body());

        var product = (await ProductClient.JsonAsync(created)).GetProperty("data");
        Assert.Equal((HttpStatusCode.Created, $"/api/db/products/{Text(product, "id")}"), (created.StatusCode, created.Headers.Location?.ToString()));
        Assert.Equal("Clavier ☕", Text(await _products.ReadAsync(Text(product, "id")), "name"));
    }

    [Fact]
    public async Task A_deleted_product_is_found_nowhere()
    {
        using var created = await _products.PutAsync(_id, ProductClient.Body(category: $"c-{_id}"));
        using var deleted = await _products.DeleteAsync(_id);
        using var again = await _products.DeleteAsync(_id);
        using var read = await _products.GetAsync(_id);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound), (deleted.StatusCode, again.StatusCode, read.StatusCode));
        Assert.True((await ProductClient.JsonAsync(deleted)).GetProperty("durable").GetBoolean());
        Assert.Equal(0, (long)await _redis.Master.ExecuteAsync("EXISTS", $"db:product:{_id}", $"db:category:c-{_id}"));
        Assert.Equal(0, (long)await _redis.Master.ExecuteAsync("SISMEMBER", "db:products", _id));
        Assert.True((await _redis.Master.ExecuteAsync("ZSCORE", "db:products:by_price", _id)).IsNull);
    }

    [Fact]
    public async Task Many_writers_see_their_own_writes()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            using var created = await _products.PutAsync($"{_id}-{i}", ProductClient.Body(price: i.ToString(CultureInfo.InvariantCulture)));
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            Assert.Equal(i, (await _products.ReadAsync($"{_id}-{i}")).GetProperty("price").GetDecimal());
        }));
    }

    [Fact]
    public async Task The_workshop_finds_a_product_by_the_name_it_uses()
    {
        await _redis.Master.ExecuteAsync("SET", $"db:product:{_id}", $$"""{"id":"{{_id}}","name":"Smartphone Premium","price":899.99,"category":"electronics","in_stock":true,"features":["5G"]}""");

        var found = await _client.GetFromJsonAsync<JsonElement>(new Uri($"/api/db/product/{_id}", UriKind.Relative), Cancellation);
        using var missing = await _client.GetAsync(new Uri($"/api/db/product/{_id}-none", UriKind.Relative), Cancellation);

        Assert.Equal(("redis_db", 899.99m), (Text(found, "source"), found.GetProperty("data").GetProperty("price").GetDecimal()));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Contains(_id, Text(await ProductClient.JsonAsync(missing), "detail"));
    }

    [Theory]
    [InlineData("RPUSH", "1")]
    [InlineData("SET", "no JSON")]
    [InlineData("SET", """{"id":"another","name":"n","price":1,"category":"c","in_stock":true,"features":[]}""")]
    public async Task What_another_client_stored_at_its_key_is_left_alone(string command, string value)
    {
        await _redis.Master.ExecuteAsync(command, $"db:product:{_id}", value);
        var before = (string?)await _redis.Master.ExecuteAsync("DUMP", $"db:product:{_id}");

        using var read = await _products.GetAsync(_id);
        using var written = await _products.PutAsync(_id, ProductClient.Body());
        using var patched = await _products.PatchAsync(_id, """{"price":1}""");
        using var deleted = await _products.DeleteAsync(_id);

        Assert.All([read, written, patched, deleted], response => Assert.Equal(HttpStatusCode.Conflict, response.StatusCode));
        Assert.Equal(before, (string?)await _redis.Master.ExecuteAsync("DUMP", $"db:product:{_id}"));
        Assert.Equal(0, (long)await _redis.Master.ExecuteAsync("SISMEMBER", "db:products", _id));
    }

    [Fact]
    public async Task An_index_that_is_something_else_lets_nothing_be_half_written()
    {
        using var created = await _products.PutAsync(_id, ProductClient.Body(price: "1", category: $"old-{_id}"));
        await _redis.Master.ExecuteAsync("SET", $"db:category:new-{_id}", "a string");

        using var response = await _products.PutAsync(_id, ProductClient.Body(price: "2", category: $"new-{_id}"));

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal((1, $"old-{_id}"), ((await _products.ReadAsync(_id)).GetProperty("price").GetInt32(), Text(await _products.ReadAsync(_id), "category")));
        Assert.Equal("1", (string?)await _redis.Master.ExecuteAsync("ZSCORE", "db:products:by_price", _id));
        await _redis.Master.ExecuteAsync("DEL", $"db:category:new-{_id}");
    }

    [Theory]
    [InlineData("""{"name":"","category":"c","price":1,"in_stock":true}""", "name")]
    [InlineData("""{"name":"a\u0000b","category":"c","price":1,"in_stock":true}""", "name")]
    [InlineData("""{"name":"n","category":" ","price":1,"in_stock":true}""", "category")]
    [InlineData("""{"name":"n","category":"12345678901234567890123456789012345678901234567890123456789012345","price":1,"in_stock":true}""", "category")]
    [InlineData("""{"name":"n","category":"c","price":-0.01,"in_stock":true}""", "price")]
    [InlineData("""{"name":"n","category":"c","price":1000000.01,"in_stock":true}""", "price")]
    [InlineData("""{"name":"n","category":"c","price":0.001,"in_stock":true}""", "price")]
    [InlineData("""{"name":"n","category":"c","price":1,"in_stock":true,"features":[""]}""", "features")]
    [InlineData("""{"name":"n","category":"c","price":1,"in_stock":true,"features":[null]}""", "features")]
    [InlineData("""{"name":"n","category":"c","price":1,"in_stock":true,"features":["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16","17","18","19","20","21"]}""", "features")]
    public async Task A_product_that_is_wrong_is_refused_by_the_name_of_the_member(string body, string member)
    {
        using var response = await _products.PutAsync(_id, body);

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.NotEmpty((await ProductClient.JsonAsync(response)).GetProperty("errors").GetProperty(member)[0].GetString()!);
        Assert.Equal(0, (long)await _redis.Master.ExecuteAsync("EXISTS", $"db:product:{_id}"));
    }

    [Theory]
    [InlineData("", "application/json", 400)]
    [InlineData("null", "application/json", 400)]
    [InlineData("[]", "application/json", 400)]
    [InlineData("{", "application/json", 400)]
    [InlineData("""{"name":"n","category":"c","price":1}""", "application/json", 400)]
    [InlineData("""{"name":null,"category":"c","price":1,"in_stock":true}""", "application/json", 400)]
    [InlineData("""{"name":"n","category":"c","price":"1","in_stock":true}""", "application/json", 400)]
    [InlineData("""{"name":"n","category":"c","price":1,"in_stock":1}""", "application/json", 400)]
    [InlineData("""{"name":"n","category":"c","price":1e400,"in_stock":true}""", "application/json", 400)]
    [InlineData("""{"name":"n","category":"c","price":1,"in_stock":true,"version":7}""", "application/json", 400)]
    [InlineData("""{"name":"n","name":"m","category":"c","price":1,"in_stock":true}""", "application/json", 400)]
    [InlineData("""{"name":"\ud800","category":"c","price":1,"in_stock":true}""", "application/json", 400)]
    [InlineData("""{"name":"n","category":"c","price":1,"in_stock":true}""", "text/plain", 415)]
    [InlineData("{}", "application/json; charset=nothing", 415)]
    public async Task A_body_that_is_no_product_is_a_problem(string body, string type, int status)
    {
        foreach (var (method, path) in new[] { (HttpMethod.Put, $"/api/db/products/{_id}"), (HttpMethod.Post, "/api/db/products") })
        {
            using var response = await _products.SendAsync(method, path, body, type, []);

            Assert.Equal((status, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            Assert.NotEmpty(Text(await ProductClient.JsonAsync(response), "title"));
        }
    }

    [Fact]
    public async Task A_body_of_more_than_a_megabyte_is_too_large()
    {
        using var response = await _products.PutAsync(_id, ProductClient.Body(name: new string('x', 1024 * 1024)));

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Theory]
    [InlineData("a.b")]
    [InlineData("a%20b")]
    [InlineData("a%0a")]
    [InlineData("%C3%A9")]
    [InlineData("a:b")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task An_id_has_64_plain_characters_at_most(string id)
    {
        using var read = await _products.GetAsync(id);
        using var written = await _products.PutAsync(id, ProductClient.Body());
        using var patched = await _products.PatchAsync(id, "{}");
        using var deleted = await _products.DeleteAsync(id);

        Assert.All([read, written, patched, deleted], response => Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode));
    }

    private static string Text(JsonElement answer, string property) => answer.GetProperty(property).GetString()!;
}
