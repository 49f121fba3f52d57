using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

public sealed class BenchOutageTests
{
    private static readonly Uri Path = new("/api/bench", UriKind.Relative);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_a_replica_is_down_the_others_are_measured()
    {
        await using var fixture = new RedisFixture();
        await fixture.InitializeAsync();
        await using var api = await ApiFactory.StartAsync(fixture.Redis);
        using var client = api.CreateAdminClient();
        await fixture.Redis.Nodes[1].Process.KillAsync();

        var result = await RunAsync(client);

        Assert.Equal(200, result.GetProperty("requests").GetInt64());
        Assert.Equal(1, (long)await fixture.Redis.Master.ExecuteAsync("LLEN", "app:bench:runs"));
    }

    [Fact]
    public async Task Without_Redis_the_source_answers_and_only_the_history_is_not_to_be_had()
    {
        await using var api = await ApiFactory.StartAsync(redis: null);
        using var client = api.CreateAdminClient();

        var result = await RunAsync(client);

        Assert.Equal((200, false), (result.GetProperty("requests").GetInt64(), result.GetProperty("stoppedEarly").GetBoolean()));
        Assert.Contains(result.GetProperty("levels").EnumerateArray(), level => level.GetProperty("level").GetString() == "source");
        using var history = await client.GetAsync(Path, Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, history.StatusCode);
    }

    private static async Task<JsonElement> RunAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = JsonContent.Create(new { requests = 200, keys = 10, readPercent = 90 }) };
        using var response = await client.BeginAsync(request, Cancellation);
        var (type, result) = await response.LastEventAsync();
        Assert.Equal("result", type);
        return result;
    }
}
