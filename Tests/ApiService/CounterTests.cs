using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

public sealed class CounterTests(ApiFixture fixture) : ApiTests(fixture, hasAdminKey: true), IClassFixture<ApiFixture>, IAsyncLifetime
{
    private readonly string _name = $"counter-{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync() => await Redis.Master.ExecuteAsync("DEL", "app:counters");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Nothing_is_lost_when_many_count_at_once_at_two_instances()
    {
        await using var other = await ApiFactory.StartAsync(Redis);
        using var otherClient = other.CreateClient();

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => IncrementAsync(i % 2 == 0 ? Client : otherClient, "?by=3")));

        Assert.Equal(301, await IncrementAsync(Client));
    }

    [Fact]
    public async Task A_counter_begins_at_zero_and_may_go_down()
    {
        Assert.Equal(1, await IncrementAsync(Client));
        Assert.Equal(-9, await IncrementAsync(Client, "?by=-10"));
    }

    [Fact]
    public async Task All_are_listed_by_name_until_they_are_removed()
    {
        await Redis.Master.ExecuteAsync("HSET", "app:counters", "b", 2, "a", 1, "foreign", "no number");
        await Eventually.HoldsAsync("the node that is read has them", async () => (await NamesAsync()).SequenceEqual(["a", "b"]));

        using var removed = await Client.DeleteAsync(new Uri("/api/counters/a", UriKind.Relative), Cancellation);
        using var absent = await Client.DeleteAsync(new Uri("/api/counters/a", UriKind.Relative), Cancellation);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (removed.StatusCode, absent.StatusCode));
        await Eventually.HoldsAsync("it is gone", async () => (await NamesAsync()).SequenceEqual(["b"]));
    }

    [Fact]
    public async Task There_may_be_only_so_many()
    {
        await Redis.Master.ExecuteAsync("HSET", ["app:counters", .. Enumerable.Range(0, 100).SelectMany(i => new object[] { $"c-{i}", 0 })]);

        using var one = await PostAsync(_name);
        using var known = await PostAsync("c-5");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.OK), (one.StatusCode, known.StatusCode));
    }

    [Fact]
    public async Task A_counter_that_would_pass_the_end_of_its_range_stays_as_it_is()
    {
        await Redis.Master.ExecuteAsync("HSET", "app:counters", _name, long.MaxValue);

        using var response = await PostAsync(_name);

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal($"{long.MaxValue}", (string?)await Redis.Master.ExecuteAsync("HGET", "app:counters", _name));
    }

    [Theory]
    [InlineData("a", "?by=1000001", "by")]
    [InlineData("a", "?by=-1000001", "by")]
    [InlineData("a:b", "", "name")]
    [InlineData("%C3%A9", "", "name")]
    public async Task What_cannot_be_is_refused_by_its_name(string counter, string query, string name)
    {
        using var response = await PostAsync(counter, query);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.NotEmpty((await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("errors").GetProperty(name)[0].GetString()!);
    }

    [Theory]
    [InlineData("/api/counters/a/increment?by=x", "POST", 400)]
    [InlineData("/api/requests?minutes=0", "GET", 400)]
    [InlineData("/api/requests?minutes=121", "GET", 400)]
    public async Task Bad_numbers_are_refused(string path, string method, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        using var response = await Client.SendAsync(request, Cancellation);

        Assert.Equal((status, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task Only_with_the_admin_key_may_one_be_removed()
    {
        using var anybody = Api.CreateClient();

        using var response = await anybody.DeleteAsync(new Uri($"/api/counters/{_name}", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Requests_are_counted_by_minute_and_kind()
    {
        var before = await CountAsync();
        for (var i = 0; i < 3; i++)
            using (await Client.GetAsync(new Uri("/data/foo", UriKind.Relative), Cancellation)) { }

        // Each kind is sent by itself.
        await Eventually.HoldsAsync("the requests are counted", async () => await CountAsync() is var now && now.Data == before.Data + 3 && now.Api > before.Api);
    }

    private static async Task<long> IncrementAsync(HttpClient client, string name, string query)
    {
        using var response = await client.PostAsync(new Uri($"/api/counters/{name}/increment{query}", UriKind.Relative), content: null, Cancellation);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("value").GetInt64();
    }

    private Task<long> IncrementAsync(HttpClient client, string query = "") => IncrementAsync(client, _name, query);

    private Task<HttpResponseMessage> PostAsync(string name, string query = "") =>
        Client.PostAsync(new Uri($"/api/counters/{name}/increment{query}", UriKind.Relative), content: null, Cancellation);

    private async Task<IEnumerable<string>> NamesAsync() =>
        (await GetAsync("/api/counters")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()!);

    // Over several minutes: one may end while the test runs.
    private async Task<(long Data, long Api)> CountAsync()
    {
        var minutes = (await GetAsync("/api/requests?minutes=10")).GetProperty("items").EnumerateArray().ToArray();
        return (minutes.Sum(minute => minute.GetProperty("data").GetInt64()), minutes.Sum(minute => minute.GetProperty("api").GetInt64()));
    }

    private Task<JsonElement> GetAsync(string path) => Client.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative), Cancellation);
}
