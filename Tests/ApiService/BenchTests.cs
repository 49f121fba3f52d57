using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching.Near;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

public sealed class BenchTests(ApiFixture fixture) : ApiTests(fixture, hasAdminKey: true), IClassFixture<ApiFixture>
{
    // So many that the read node has caught up with the first writes before the last reads: until then they go to the master.
    private const int Requests = 5000;

    private static readonly Uri Path = new("/api/bench", UriKind.Relative);

    private static readonly string[] Percentiles = ["p50Ms", "p90Ms", "p99Ms", "maxMs"];

    [Theory]
    [InlineData("near", "uniform")]
    [InlineData("near", "zipf")]
    [InlineData("redis", "uniform")]
    public async Task A_run_is_measured_by_who_answered_and_its_keys_are_removed(string level, string distribution)
    {
        await Eventually.HoldsAsync("the near cache is open", () => Api.Services.GetRequiredService<NearCache>().IsOn);
        using var response = await BeginAsync(new { requests = Requests, concurrency = 4, keys = 50, distribution, readPercent = 80, level });
        var events = await response.EventsAsync(Cancellation).ToListAsync(Cancellation);

        Assert.Equal("progress", events[0].Type);
        Assert.Equal("result", events[^1].Type);
        var result = events[^1].Data;
        Assert.Equal(((long)Requests, false), (result.GetProperty("requests").GetInt64(), result.GetProperty("stoppedEarly").GetBoolean()));
        Assert.Equal(level, result.GetProperty("settings").GetProperty("level").GetString());
        var levels = result.GetProperty("levels").EnumerateArray().ToDictionary(one => one.GetProperty("level").GetString()!);
        Assert.Equal(Requests, levels.Values.Sum(one => one.GetProperty("requests").GetInt64()));
        Assert.Equal(level == "redis" ? ["redis", "write"] : ["near", "redis", "write"], levels.Keys.Order());
        Assert.All(levels.Values, one =>
        {
            var latencies = Percentiles.Select(figure => one.GetProperty(figure).GetDouble()).ToArray();
            Assert.True(latencies[0] > 0);
            Assert.Equal(latencies.Order(), latencies);
        });
        Assert.Equal(0, await KeysAsync());
    }

    [Theory]
    [InlineData("near")]
    [InlineData("redis")]
    public async Task A_run_is_in_nobodys_figures(string level)
    {
        await Eventually.HoldsAsync("the near cache is open", () => Api.Services.GetRequiredService<NearCache>().IsOn);
        var before = await FiguresAsync();

        using var response = await BeginAsync(new { requests = Requests, concurrency = 4, keys = 50, readPercent = 80, level });
        Assert.Equal("result", (await response.LastEventAsync()).Type);

        Assert.Equal(before, await FiguresAsync());
    }

    [Fact]
    public async Task The_levels_are_compared_one_after_the_other_with_rates_that_agree_with_their_latencies()
    {
        const int Callers = 4;
        await using var api = await ApiFactory.StartAsync(Redis, ("Bench:MaximumDuration", "00:00:04"));
        using var client = api.CreateAdminClient();
        using var response = await client.BeginAsync(Request(JsonContent.Create(new { concurrency = Callers, keys = 50, level = "each" })), Cancellation);
        var events = await response.EventsAsync(Cancellation).ToListAsync(Cancellation);

        var result = events[^1].Data;
        Assert.Equal(("result", false), (events[^1].Type, result.GetProperty("stoppedEarly").GetBoolean()));
        var levels = result.GetProperty("levels").EnumerateArray().ToArray();
        Assert.Equal(["near", "redis", "source"], levels.Select(level => level.GetProperty("level").GetString()));
        // No caller answers more requests in a second than their least latency allows; half of them take the median or longer.
        Assert.All(levels, level => Assert.InRange(level.GetProperty("perSecond").GetDouble(), 1, 2.2 * Callers * 1000 / level.GetProperty("p50Ms").GetDouble()));
        Assert.Equal("near", levels.MaxBy(level => level.GetProperty("perSecond").GetDouble()).GetProperty("level").GetString());
    }

    [Fact]
    public async Task A_run_against_the_source_ends_when_its_time_is_up()
    {
        await using var api = await ApiFactory.StartAsync(Redis, ("Bench:MaximumDuration", "00:00:01"));
        using var client = api.CreateAdminClient();
        using var response = await client.BeginAsync(Request(JsonContent.Create(new { requests = 100_000, concurrency = 2, level = "source" })), Cancellation);
        var events = await response.EventsAsync(Cancellation).ToListAsync(Cancellation);

        var result = events[^1].Data;
        Assert.True(result.GetProperty("stoppedEarly").GetBoolean());
        Assert.InRange(result.GetProperty("requests").GetInt64(), 2, 20);
        var source = Assert.Single(result.GetProperty("levels").EnumerateArray());
        Assert.Equal("source", source.GetProperty("level").GetString());
        Assert.True(source.GetProperty("p50Ms").GetDouble() >= ApiFactory.LeastLatency.TotalMilliseconds);
        // The first comes before anything has been measured.
        Assert.True(events.Count(item => item.Type == "progress") >= 2);
    }

    [Fact]
    public async Task What_is_beyond_the_limits_is_refused_with_its_name()
    {
        (string Body, string Member)[] beyond =
        [
            ("""{"requests":0}""", "requests"),
            ("""{"requests":100001}""", "requests"),
            ("""{"concurrency":65}""", "concurrency"),
            ("""{"keys":10001}""", "keys"),
            ("""{"readPercent":101}""", "readPercent"),
            ("""{"distribution":"normal"}""", "distribution"),
            ("""{"level":"far"}""", "level"),
            ("""{"level":"source","readPercent":50}""", "readPercent"),
        ];
        foreach (var (body, member) in beyond)
        {
            using var response = await SendAsync(new StringContent(body, mediaType: new("application/json")));

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
            Assert.NotEmpty(problem.GetProperty("errors").GetProperty(member)[0].GetString()!);
        }
    }

    [Fact]
    public async Task What_is_no_such_request_is_refused()
    {
        foreach (var body in new[] { """{"requests":"many"}""", """{"requests":1.5}""", """{"level":null}""", """{"unknown":1}""", "[]", "" })
        {
            using var response = await SendAsync(new StringContent(body, mediaType: new("application/json")));

            Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        }
    }

    [Fact]
    public async Task Another_run_is_refused_until_the_client_of_the_first_has_gone()
    {
        await using var api = await ApiFactory.StartAsync(Redis);
        using var client = api.CreateAdminClient();
        using (var first = await client.BeginAsync(Request(JsonContent.Create(new { requests = 100_000, concurrency = 1, level = "source" })), Cancellation))
        {
            // Held on to: who reads no further is taken for gone after a while.
            await using var events = first.EventsAsync(Cancellation).GetAsyncEnumerator(Cancellation);
            await events.MoveNextAsync();
            using var second = await client.BeginAsync(Request(JsonContent.Create(new { })), Cancellation);
            Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        }

        await Eventually.HoldsAsync("the next may begin", async () =>
        {
            using var next = await client.BeginAsync(Request(JsonContent.Create(new { requests = 10 })), Cancellation);
            return next.StatusCode == HttpStatusCode.OK && (await next.LastEventAsync()).Type == "result";
        });
    }

    [Fact]
    public async Task The_last_twenty_runs_are_kept_the_latest_first_and_what_is_no_run_is_passed_over()
    {
        await Redis.Master.ExecuteAsync("LPUSH", "app:bench:runs", "no run", "null", "{}", """{"version":1,"value":{}}""", """{"requests":1}""");
        for (var requests = 1; requests <= 21; requests++)
        {
            using var response = await BeginAsync(new { requests, keys = 1, concurrency = 1 });
            Assert.Equal("result", (await response.LastEventAsync()).Type);
            if (requests == 1)
                Assert.Equal(1, (await Client.GetFromJsonAsync<JsonElement[]>(Path, Cancellation))![0].GetProperty("requests").GetInt64());
        }

        var runs = (await Client.GetFromJsonAsync<JsonElement[]>(Path, Cancellation))!;

        Assert.Equal(Enumerable.Range(2, 20).Reverse(), runs.Select(run => run.GetProperty("settings").GetProperty("requests").GetInt32()));
        Assert.Equal(20, (long)await Redis.Master.ExecuteAsync("LLEN", "app:bench:runs"));
    }

    private static HttpRequestMessage Request(HttpContent content) => new(HttpMethod.Post, Path) { Content = content };

    private Task<HttpResponseMessage> SendAsync(HttpContent content) => Client.BeginAsync(Request(content), Cancellation);

    private Task<HttpResponseMessage> BeginAsync(object body) => SendAsync(JsonContent.Create(body));

    private async Task<(string SinceStart, string Near)> FiguresAsync()
    {
        var own = (await Client.GetFromJsonAsync<JsonElement>(new Uri("/api/cache/stats", UriKind.Relative), Cancellation)).GetProperty("instances")[0];
        return (own.GetProperty("sinceStart").GetRawText(), own.GetProperty("near").GetRawText());
    }

    private async Task<long> KeysAsync() => (long)await Redis.Master.ExecuteAsync("EVAL", "return #redis.call('KEYS', 'app:bench:key:*')", 0);
}
