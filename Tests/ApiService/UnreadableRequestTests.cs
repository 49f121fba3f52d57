using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

/// <summary>Requests whose parameters or bodies are not what they are read as. None of them needs Redis.</summary>
public sealed class UnreadableRequestTests(UnreadableRequestTests.WithoutRedis fixture) : IClassFixture<UnreadableRequestTests.WithoutRedis>
{
    private readonly HttpClient _client = fixture.Client;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/history?limit=abc", "limit", "It is a whole number of at most 9 digits.")]
    [InlineData("/api/history?limit=99999999999", "limit", "It is a whole number of at most 9 digits.")]
    [InlineData("/api/history?limit=1&limit=2", "limit", "It is a whole number of at most 9 digits.")]
    [InlineData("/api/keys?limit=1.5", "limit", "It is a whole number of at most 9 digits.")]
    [InlineData("/api/nodes/redis-master/slowlog?LIMIT=many", "limit", "It is a whole number of at most 9 digits.")]
    [InlineData("/api/db/products?minPrice=cheap", "minPrice", "It is a number.")]
    [InlineData("/api/db/products?inStock=maybe", "inStock", "It is true or false.")]
    [InlineData("/data/foo?ttl=soon", "ttl", "It is a whole number of at most 9 digits.")]
    public async Task A_parameter_that_is_none_is_named_and_what_it_has_to_be(string address, string parameter, string sentence)
    {
        using var response = await _client.GetAsync(new Uri(address, UriKind.Relative), Cancellation);

        Assert.Equal((parameter, sentence), Assert.Single(await ErrorsAsync(response)));
    }

    [Fact]
    public async Task All_parameters_that_are_none_are_named()
    {
        using var response = await _client.GetAsync(new Uri("/api/db/products?maxPrice=x&limit=y&category=z", UriKind.Relative), Cancellation);

        Assert.Equal(["limit", "maxPrice"], (await ErrorsAsync(response)).Select(error => error.Name).Order());
    }

    [Fact]
    public async Task So_is_a_number_in_the_query_of_a_change()
    {
        using var response = await _client.PostAsync(new Uri("/api/counters/visitors/increment?by=one", UriKind.Relative), content: null, Cancellation);

        Assert.Equal(("by", "It is a whole number of at most 18 digits."), Assert.Single(await ErrorsAsync(response)));
    }

    [Theory]
    [InlineData("PUT /api/keys/ttl?key=foo", """{"seconds":"many"}""", "seconds", "It is a whole number of at most 18 digits.")]
    [InlineData("PUT /api/keys/ttl?key=foo", """{"seconds":1.5}""", "seconds", "It is a whole number of at most 18 digits.")]
    [InlineData("PUT /api/keys/ttl?key=foo", "{}", "body", "It is an object with 'seconds'.")]
    [InlineData("PUT /api/keys/ttl?key=foo", """["seconds"]""", "body", "It is an object with 'seconds'.")]
    [InlineData("PUT /api/keys/ttl?key=foo", """{"seconds":1,"minutes":2}""", "minutes", "There is no such member, only 'seconds'.")]
    [InlineData("PUT /api/keys/ttl?key=foo", """{"seconds":1,"a.b":2}""", "a.b", "There is no such member, only 'seconds'.")]
    [InlineData("PUT /api/keys/ttl?key=foo", """{"seconds":1,"seconds":2}""", "seconds", "It is a whole number of at most 18 digits. It is given once.")]
    [InlineData("PUT /api/keys/ttl?key=foo", "", "body", "It is an object with 'seconds'.")]
    [InlineData("PUT /data/foo", """{"value":null}""", "value", "It is a text. It is given once.")]
    [InlineData("POST /api/queue", """{"keys":"foo"}""", "keys", "It is a list. It is given once.")]
    [InlineData("POST /api/queue", """{"keys":["foo",1]}""", "keys[1]", "It is a text.")]
    [InlineData("POST /api/bench", "3", "body", "It is an object.")]
    [InlineData("POST /api/db/products", """{"name":"x","price":"1","category":"c","in_stock":true}""", "price", "It is a number.")]
    [InlineData("POST /api/db/products", """{"name":"x","price":1,"category":"c","in_stock":"yes"}""", "in_stock", "It is true or false.")]
    [InlineData("POST /api/db/products", """{"name":"x"}""", "body", "It is an object with 'name', 'price', 'category', 'in_stock'.")]
    public async Task A_member_of_a_body_that_is_none_is_named_and_what_it_has_to_be(string endpoint, string body, string member, string sentence)
    {
        using var response = await SendAsync(endpoint, body);

        Assert.Equal((member, sentence), Assert.Single(await ErrorsAsync(response)));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"seconds":1,}""")]
    public async Task What_is_not_JSON_is_no_fault_of_a_member(string body)
    {
        using var response = await SendAsync("PUT /api/keys/ttl?key=foo", body);

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.StartsWith("The body is not the JSON that is expected", (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("detail").GetString());
    }

    private Task<HttpResponseMessage> SendAsync(string endpoint, string body)
    {
        var (method, address) = (endpoint.Split(' ')[0], endpoint.Split(' ')[1]);
        return _client.SendAsync(new HttpRequestMessage(new HttpMethod(method), address) { Content = new StringContent(body, Encoding.UTF8, "application/json") }, Cancellation);
    }

    private static async Task<(string Name, string Sentence)[]> ErrorsAsync(HttpResponseMessage response)
    {
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return problem.TryGetProperty("errors", out var errors)
            ? [.. errors.EnumerateObject().Select(error => (error.Name, error.Value[0].GetString()!))]
            : throw new InvalidOperationException(problem.GetRawText());
    }

    /// <summary>The API without any node.</summary>
    public sealed class WithoutRedis : IAsyncLifetime
    {
        private ApiFactory _api = null!;

        internal HttpClient Client { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _api = await ApiFactory.StartAsync(redis: null);
            Client = _api.CreateAdminClient();
        }

        public ValueTask DisposeAsync() => _api.DisposeAsync();
    }
}
