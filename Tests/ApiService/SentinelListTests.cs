using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

public sealed class SentinelListTests(SentinelFixture fixture) : IClassFixture<SentinelFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_sentinel_is_listed_with_the_master_it_names_and_one_that_is_gone_with_the_reason()
    {
        await using var api = await ApiFactory.StartAsync(
            fixture.Redis, [.. fixture.Redis.Sentinels.Select(sentinel => ($"ConnectionStrings:{sentinel.Name}", (string?)sentinel.ConnectionString))]);
        using var client = api.CreateClient();
        await Eventually.HoldsAsync("all answer", async () => (await SentinelsAsync(client)).All(sentinel => sentinel.GetProperty("otherSentinels") is { ValueKind: JsonValueKind.Number } others && others.GetInt32() == 2));

        var sentinels = await SentinelsAsync(client);
        Assert.Equal(fixture.Redis.Sentinels.Select(sentinel => $"127.0.0.1:{sentinel.Port}"), sentinels.Select(sentinel => sentinel.GetProperty("address").GetString()));
        Assert.All(sentinels, sentinel =>
        {
            Assert.True(sentinel.GetProperty("answers").GetBoolean());
            Assert.Equal("redis-master", sentinel.GetProperty("master").GetString());
            Assert.Equal($"127.0.0.1:{fixture.Redis.Master.Port}", sentinel.GetProperty("masterAddress").GetString());
            Assert.Equal((0, 2), (sentinel.GetProperty("epoch").GetInt64(), sentinel.GetProperty("quorum").GetInt32()));
        });

        await fixture.Redis.Sentinels[1].Process.KillAsync();
        await Eventually.HoldsAsync("one is gone", async () => (await SentinelsAsync(client)).Count(sentinel => sentinel.GetProperty("answers").GetBoolean()) == 2);
        var gone = (await SentinelsAsync(client))[1];
        Assert.NotEmpty(gone.GetProperty("error").GetString()!);
        Assert.Equal(JsonValueKind.Null, gone.GetProperty("master").ValueKind);
    }

    private static async Task<JsonElement[]> SentinelsAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement[]>(new Uri("/api/sentinels", UriKind.Relative), Cancellation))!;
}
