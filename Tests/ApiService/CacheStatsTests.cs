using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

public sealed class CacheStatsTests() : OwnNodesApiTests(hasAdminKey: true)
{
    private static readonly string[] Percentiles = ["p50Ms", "p90Ms", "p99Ms", "maxMs"];

    [Fact]
    public async Task Every_look_up_is_counted_by_level_and_timed()
    {
        var before = (await StatsAsync(Client)).GetProperty("cluster").GetProperty("sinceStart");
        var levels = new List<string> { await LookUpAsync(Client, "foo") };
        await Eventually.HoldsAsync("the value is near", async () =>
        {
            levels.Add(await LookUpAsync(Client, "foo"));
            return levels[^1] == "near";
        });

        var stats = await StatsAsync(Client);

        var own = stats.GetProperty("instances")[0];
        Assert.Equal(stats.GetProperty("instance").GetString(), own.GetProperty("instance").GetString());
        Assert.Equal(("on", 1), (own.GetProperty("near").GetProperty("state").GetString(), own.GetProperty("near").GetProperty("entries").GetInt32()));
        Assert.True(own.GetProperty("near").GetProperty("bytes").GetInt64() > 0);
        Assert.Equal((0, JsonValueKind.Null), (Number(before, "requests"), before.GetProperty("hitRatio").ValueKind));
        foreach (var figures in new[] { own.GetProperty("sinceStart"), own.GetProperty("lastMinute"), stats.GetProperty("cluster").GetProperty("sinceStart") })
        {
            Assert.Equal(
                (levels.Count, levels.Count(level => level != "source"), levels.Count(level => level == "near"), levels.Count(level => level == "redis"), levels.Count(level => level == "source")),
                (Number(figures, "requests"), Number(figures, "hits"), Number(figures, "nearHits"), Number(figures, "redisHits"), Number(figures, "misses")));
            Assert.Equal((double)Number(figures, "hits") / levels.Count, figures.GetProperty("hitRatio").GetDouble(), tolerance: 0.0001);
            Assert.InRange(figures.GetProperty("gainPercent").GetDouble(), 1, 100);
            var misses = figures.GetProperty("missLatency");
            // The figures are 3 % exact.
            Assert.InRange(misses.GetProperty("p50Ms").GetDouble(), ApiFactory.LeastLatency.TotalMilliseconds * 0.97, 60_000);
            var hits = Percentiles.Select(name => figures.GetProperty("hitLatency").GetProperty(name).GetDouble()).ToArray();
            Assert.Equal(hits.Order(), hits);
        }
    }

    [Fact]
    public async Task The_cluster_is_all_instances_together()
    {
        await using var other = await ApiFactory.StartAsync(Redis);
        using var elsewhere = other.CreateClient();
        await LookUpAsync(Client, "one");
        await LookUpAsync(elsewhere, "two");
        await LookUpAsync(elsewhere, "three");

        var stats = default(JsonElement);
        await Eventually.HoldsAsync("each instance knows what the other did", async () =>
        {
            stats = await StatsAsync(Client);
            return Number(stats.GetProperty("cluster").GetProperty("sinceStart"), "misses") == 3
                && Number((await StatsAsync(elsewhere)).GetProperty("cluster").GetProperty("lastMinute"), "misses") == 3;
        });

        Assert.Equal((2, true), (Number(stats.GetProperty("cluster"), "instances"), stats.GetProperty("cluster").GetProperty("isComplete").GetBoolean()));
        Assert.Equal([1, 2], stats.GetProperty("instances").EnumerateArray().Select(instance => Number(instance.GetProperty("sinceStart"), "misses")));
    }

    [Fact]
    public async Task Figures_survive_the_emptying_of_the_cache_and_do_not_count_as_cached()
    {
        await Eventually.HoldsAsync("the figures are in Redis", async () => (long)await Redis.Master.ExecuteAsync("EXISTS", "app:stats") == 1);

        using var emptied = await Client.DeleteAsync(new Uri("/api/cache", UriKind.Relative), Cancellation);

        Assert.Equal(0, (await emptied.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("removed").GetInt64());
        Assert.Equal(1, (long)await Redis.Master.ExecuteAsync("EXISTS", "app:stats"));
    }

    [Fact]
    public async Task What_cannot_be_read_is_passed_over()
    {
        await Redis.Master.ExecuteAsync("ZADD", "app:stats", 9_999_999_999, "gone", 9_999_999_999, "other");
        foreach (var value in Malformed())
        {
            await Redis.Master.ExecuteAsync("SET", "app:stats:other", value);

            var cluster = (await StatsAsync(Client)).GetProperty("cluster");

            Assert.Equal((1, true, value), (Number(cluster, "instances"), cluster.GetProperty("isComplete").GetBoolean(), value));
        }
    }

    [Fact]
    public async Task Figures_of_another_instance_are_understood_with_what_a_later_version_has_added()
    {
        await Redis.Master.ExecuteAsync("ZADD", "app:stats", 9_999_999_999, "other");
        await Redis.Master.ExecuteAsync("SET", "app:stats:other", Figures().Replace("\"nearEntries\"", "\"added\":[1],\"nearEntries\"", StringComparison.Ordinal));

        Assert.Equal(2, Number((await StatsAsync(Client)).GetProperty("cluster"), "instances"));
    }

    [Fact]
    public async Task Without_a_master_an_instance_knows_itself()
    {
        await LookUpAsync(Client, "foo");
        await Redis.Master.Process.KillAsync();

        await Eventually.HoldsAsync("the cluster is not complete", async () => !(await StatsAsync(Client)).GetProperty("cluster").GetProperty("isComplete").GetBoolean());

        Assert.Equal(1, Number((await StatsAsync(Client)).GetProperty("cluster").GetProperty("sinceStart"), "misses"));
    }

    private static string Figures(
        string version = "2", string instance = "\"other\"", string startedAt = "\"2026-03-14T09:26:53Z\"", string entries = "1", string bytes = "1", string nearHits = "1", string latency = "[0,1]")
    {
        var figures = $$"""{"nearHits":{{nearHits}},"redisHits":0,"misses":0,"hitLatency":{{latency}},"missLatency":[]}""";
        return $$$"""
            {"version":{{{version}}},"value":{"instance":{{{instance}}},"startedAt":{{{startedAt}}},"isNearCacheOn":true,
            "nearEntries":{{{entries}}},"nearBytes":{{{bytes}}},"sinceStart":{{{figures}}},"lastMinute":{{{figures}}}}}
            """;
    }

    // Of another version, incomplete, of another type, or beyond what anybody can have counted.
    private static IEnumerable<string> Malformed() =>
    [
        "", "no JSON", "null", "[]", "{}", """{"instance":"x"}""", """{"version":1}""", """{"version":1,"value":null}""", """{"version":1,"value":{}}""",
        Figures()[..100], Figures(version: "1"), Figures(version: "null"), Figures(instance: "null"), Figures(instance: "1"), Figures(instance: "\"\""), Figures(instance: "\"\\ud83d\""),
        Figures(instance: $"\"{new string('x', 1000)}\""), Figures(startedAt: "\"soon\""), Figures(entries: "-1"), Figures(entries: "9999999999"), Figures(bytes: "-1"),
        Figures(bytes: $"{long.MaxValue}"), Figures(nearHits: "-1"), Figures(nearHits: $"{long.MaxValue}"), Figures(latency: "null"), Figures(latency: "[9999,1]"), Figures(latency: "[0,-1]"),
        Figures(latency: "{}"), new string('[', 1000),
    ];

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static Task<JsonElement> StatsAsync(HttpClient client) =>
        client.GetFromJsonAsync<JsonElement>(new Uri("/api/cache/stats", UriKind.Relative), Cancellation);

    private static async Task<string> LookUpAsync(HttpClient client, string key) =>
        (await client.GetFromJsonAsync<JsonElement>(new Uri($"/data/{key}", UriKind.Relative), Cancellation)).GetProperty("level").GetString()!;
}
