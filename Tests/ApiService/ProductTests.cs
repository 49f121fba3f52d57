using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.Standalone.Redis;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

public sealed class ProductTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private readonly RedisReplication _redis = fixture.Redis;
    private readonly string _id = $"p-{Guid.NewGuid():N}";
    private ApiFactory _api = null!;
    private HttpClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        // Many tests share few cores: a replica that is slow here has still to be waited for.
        _api = await ApiFactory.StartAsync(_redis, ("Db:ReplicationTimeout", "00:00:10"), ("Db:OperationTimeout", "00:00:10"));
        _client = _api.CreateClient();
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task A_new_product_is_created_durably_and_found_at_its_location()
    {
        using var created = await PutAsync(_id, """{"name":"Clavier ☕","category":"périphériques","price":49.90,"stock":12}""");

        var answer = await JsonAsync(created);
        Assert.Equal((HttpStatusCode.Created, $"/api/db/products/{_id}"), (created.StatusCode, created.Headers.Location?.ToString()));
        Assert.True(answer.GetProperty("durable").GetBoolean());
        Assert.InRange(answer.GetProperty("acknowledgedReplicas").GetInt32(), 1, 2);
        var product = await _client.GetFromJsonAsync<JsonElement>(created.Headers.Location, Cancellation);
        Assert.Equal((_id, "Clavier ☕", "périphériques"), (Text(product, "id"), Text(product, "name"), Text(product, "category")));
        Assert.Equal((49.90m, 12), (product.GetProperty("price").GetDecimal(), product.GetProperty("stock").GetInt32()));
    }

    [Fact]
    public async Task A_product_is_a_hash_that_never_expires()
    {
        using var created = await PutAsync(_id, Body(price: "7.5"));

        Assert.Equal(-1, (long)await _redis.Master.ExecuteAsync("TTL", $"db:product:{_id}"));
        Assert.Equal("7.50", (string?)await _redis.Master.ExecuteAsync("HGET", $"db:product:{_id}", "price"));
    }

    [Fact]
    public async Task A_product_is_replaced()
    {
        using var created = await PutAsync(_id, Body(stock: "1"));
        using var replaced = await PutAsync(_id, Body(stock: "2"));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (created.StatusCode, replaced.StatusCode));
        var product = await _client.GetFromJsonAsync<JsonElement>(PathOf(_id), Cancellation);
        Assert.Equal(2, product.GetProperty("stock").GetInt32());
    }

    [Fact]
    public async Task Many_writers_see_their_own_writes()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            using var created = await PutAsync($"{_id}-{i}", Body(stock: i.ToString(CultureInfo.InvariantCulture)));
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            var product = await _client.GetFromJsonAsync<JsonElement>(PathOf($"{_id}-{i}"), Cancellation);
            Assert.Equal(i, product.GetProperty("stock").GetInt32());
        }));
    }

    [Fact]
    public async Task An_unknown_product_is_not_found()
    {
        using var response = await _client.GetAsync(PathOf(_id), Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains(_id, Text(await JsonAsync(response), "detail"));
    }

    [Fact]
    public async Task What_another_client_stored_at_its_key_is_left_alone()
    {
        await _redis.Master.ExecuteAsync("RPUSH", $"db:product:{_id}", "1");

        using var read = await _client.GetAsync(PathOf(_id), Cancellation);
        using var written = await PutAsync(_id, Body());

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict), (read.StatusCode, written.StatusCode));
        Assert.Equal(1, (long)await _redis.Master.ExecuteAsync("LLEN", $"db:product:{_id}"));
    }

    [Theory]
    [InlineData("""{"name":"","category":"c","price":1,"stock":1}""", "name")]
    [InlineData("""{"name":"a\u0000b","category":"c","price":1,"stock":1}""", "name")]
    [InlineData("""{"name":"n","category":" ","price":1,"stock":1}""", "category")]
    [InlineData("""{"name":"n","category":"c","price":-0.01,"stock":1}""", "price")]
    [InlineData("""{"name":"n","category":"c","price":1000000.01,"stock":1}""", "price")]
    [InlineData("""{"name":"n","category":"c","price":0.001,"stock":1}""", "price")]
    [InlineData("""{"name":"n","category":"c","price":1,"stock":-1}""", "stock")]
    public async Task A_product_that_is_wrong_is_refused_by_the_name_of_the_member(string body, string member)
    {
        using var response = await PutAsync(_id, body);

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.NotEmpty((await JsonAsync(response)).GetProperty("errors").GetProperty(member)[0].GetString()!);
        Assert.Equal(0, (long)await _redis.Master.ExecuteAsync("EXISTS", $"db:product:{_id}"));
    }

    [Theory]
    [InlineData("", "application/json", 400)]
    [InlineData("null", "application/json", 400)]
    [InlineData("[]", "application/json", 400)]
    [InlineData("{", "application/json", 400)]
    [InlineData("""{"name":"n","category":"c","price":1}""", "application/json", 400)]
    [InlineData("""{"name":null,"category":"c","price":1,"stock":1}""", "application/json", 400)]
    [InlineData("""{"name":"n","category":"c","price":"1","stock":1}""", "application/json", 400)]
    [InlineData("""{"name":"n","category":"c","price":1,"stock":1.5}""", "application/json", 400)]
    [InlineData("""{"name":"n","category":"c","price":1e400,"stock":1}""", "application/json", 400)]
    [InlineData("""{"name":"n","category":"c","price":1,"stock":1,"isAdmin":true}""", "application/json", 400)]
    [InlineData("""{"name":"n","name":"m","category":"c","price":1,"stock":1}""", "application/json", 400)]
    [InlineData("""{"name":"\ud800","category":"c","price":1,"stock":1}""", "application/json", 400)]
    [InlineData("""{"name":"n","category":"c","price":1,"stock":1}""", "text/plain", 415)]
    [InlineData("{}", "application/json; charset=nothing", 415)]
    public async Task A_body_that_is_no_product_is_a_problem(string body, string type, int status)
    {
        using var response = await PutAsync(_id, body, type);

        Assert.Equal((status, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.NotEmpty(Text(await JsonAsync(response), "title"));
    }

    [Fact]
    public async Task A_body_of_more_than_a_megabyte_is_too_large()
    {
        using var response = await PutAsync(_id, Body(name: new string('x', 1024 * 1024)));

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
        using var read = await _client.GetAsync(new Uri($"/api/db/products/{id}", UriKind.Relative), Cancellation);
        using var written = await PutAsync(id, Body());

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (read.StatusCode, written.StatusCode));
    }

    private static Uri PathOf(string id) => new($"/api/db/products/{id}", UriKind.Relative);

    private static string Body(string name = "n", string price = "1", string stock = "1") => $$"""{"name":"{{name}}","category":"c","price":{{price}},"stock":{{stock}}}""";

    private static string Text(JsonElement answer, string property) => answer.GetProperty(property).GetString()!;

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);

    private async Task<HttpResponseMessage> PutAsync(string id, string body, string type = "application/json")
    {
        using var content = new StringContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return await _client.PutAsync(PathOf(id), content, Cancellation);
    }
}
