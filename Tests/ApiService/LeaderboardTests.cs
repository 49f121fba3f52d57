using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

public sealed class LeaderboardTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private readonly string _key = $"key-{Guid.NewGuid():N}";
    private ApiFactory _api = null!;
    private HttpClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiFactory.StartAsync(fixture.Redis, ("Leaderboard:FlushInterval", "00:00:00.020"), ("Leaderboard:MaximumKeys", "5"), ("SlowDatabase:Latency", "00:00:00"));
        _client = _api.CreateAdminClient();
        await ClearAsync();
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Theory]
    [InlineData("today")]
    [InlineData("all")]
    public async Task The_most_requested_keys_come_first(string window)
    {
        await RequestAsync(_key + "-often", 3);
        await RequestAsync(_key + "-once", 1);

        await Eventually.HoldsAsync("all requests are counted", async () => (await ItemsAsync(window)).Length == 2);
        Assert.Equal([(1, _key + "-often", 3), (2, _key + "-once", 1)], await ItemsAsync(window));
    }

    [Fact]
    public async Task The_answer_says_which_node_gave_it_and_gives_no_more_than_asked_for()
    {
        await RequestAsync(_key + "-a", 2);
        await RequestAsync(_key + "-b", 1);
        await Eventually.HoldsAsync("all requests are counted", async () => (await ItemsAsync("all")).Length == 2);

        var answer = await GetAsync("?limit=1");

        Assert.Equal(("all", 1), (answer.GetProperty("window").GetString(), answer.GetProperty("items").GetArrayLength()));
        Assert.StartsWith("redis-", answer.GetProperty("node").GetString()!);
    }

    [Fact]
    public async Task Refused_keys_are_not_counted()
    {
        using var refused = await _client.GetAsync(new Uri("/data/app:x", UriKind.Relative), Cancellation);
        await RequestAsync(_key, 1);

        await Eventually.HoldsAsync("the other request is counted", async () => (await ItemsAsync("all")).Length > 0);
        Assert.Equal([(1, _key, 1)], await ItemsAsync("all"));
    }

    [Fact]
    public async Task The_least_requested_keys_make_room()
    {
        await RequestAsync(_key, 2);
        for (var i = 0; i < 10; i++)
            await RequestAsync($"{_key}-{i}", 1);

        await Eventually.HoldsAsync("the leaderboard is full", async () => (await ItemsAsync("all")).Length == 5);
        Assert.Equal((1, _key, 2), (await ItemsAsync("all"))[0]);
    }

    [Fact]
    public async Task That_of_a_day_expires_and_that_of_all_time_does_not()
    {
        await RequestAsync(_key, 1);
        await Eventually.HoldsAsync("the request is counted", async () => (await ItemsAsync("today")).Length == 1);

        var day = $"app:leaderboard:{DateTime.UtcNow:yyyy-MM-dd}";
        Assert.InRange((long)await fixture.Redis.Master.ExecuteAsync("TTL", day), 1, 2 * 86_400);
        Assert.Equal(-1, (long)await fixture.Redis.Master.ExecuteAsync("TTL", "app:leaderboard:all"));
    }

    [Fact]
    public async Task Emptying_the_cache_leaves_it_alone()
    {
        await RequestAsync(_key, 1);
        await Eventually.HoldsAsync("the request is counted", async () => (await ItemsAsync("today")).Length == 1);

        using var cleared = await _client.DeleteAsync(new Uri("/api/cache", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.OK, cleared.StatusCode);
        Assert.Equal(1, (long)await fixture.Redis.Master.ExecuteAsync("ZCARD", "app:leaderboard:all"));
        Assert.Single(await ItemsAsync("today"));
    }

    [Theory]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=101", "limit")]
    [InlineData("?window=week", "window")]
    public async Task What_cannot_be_is_refused_by_its_name(string query, string name)
    {
        using var response = await _client.GetAsync(new Uri($"/api/leaderboard{query}", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.NotEmpty(problem.GetProperty("errors").GetProperty(name)[0].GetString()!);
    }

    [Fact]
    public async Task Only_with_the_admin_key_may_it_begin_again()
    {
        using var anybody = _api.CreateClient();

        using var response = await anybody.DeleteAsync(new Uri("/api/leaderboard", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private async Task ClearAsync()
    {
        using var response = await _client.DeleteAsync(new Uri("/api/leaderboard", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        await Eventually.HoldsAsync("the replicas have forgotten it too", async () => (await ItemsAsync("all")).Length == 0 && (await ItemsAsync("today")).Length == 0);
    }

    private async Task RequestAsync(string key, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var response = await _client.GetAsync(new Uri($"/data/{key}", UriKind.Relative), Cancellation);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    private Task<JsonElement> GetAsync(string query) => _client.GetFromJsonAsync<JsonElement>(new Uri($"/api/leaderboard{query}", UriKind.Relative), Cancellation);

    private async Task<(int Rank, string Key, int Requests)[]> ItemsAsync(string window) =>
    [
        .. (await GetAsync($"?window={window}")).GetProperty("items").EnumerateArray()
            .Select(item => (item.GetProperty("rank").GetInt32(), item.GetProperty("key").GetString()!, item.GetProperty("requests").GetInt32())),
    ];
}
