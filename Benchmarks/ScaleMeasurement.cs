using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.Benchmarks.Compare;
using RedisAspire.RedisProcesses;
using StackExchange.Redis;

namespace RedisAspire.Benchmarks;

/// <summary>A million keys: how long each command of the API keeps a node busy, and what others who ask for data notice of it.</summary>
internal static class ScaleMeasurement
{
    private const int Pages = 900_000;
    private const int Users = 100_000;
    private const string AdminKey = "benchmark";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public static async Task RunAsync()
    {
        using var guardian = new ProcessGuardian();
        using var data = new TemporaryDirectory();
        await using var redis = await RedisReplication.StartAsync(
            new RedisReplicationOptions { Replicas = 1, Password = "benchmark", DataDirectory = data.Path }, guardian, CancellationToken.None);
        await using var api = await MeasuredServer.StartApiAsync(
            redis, guardian, ("Admin__Key", AdminKey), ("RateLimit__PermitLimit", ""), ("SlowDatabase__Latency", "00:00:00.010"));
        using var http = new HttpClient { BaseAddress = api.Url, Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.Add("X-Admin-Key", AdminKey);
        await ManyKeys.FillRedisAsync(redis, "page:", Pages);
        await ManyKeys.FillRedisAsync(redis, "user:", Users);

        await MeasureAsync("nothing else", redis, api, http, () => Task.Delay(TimeSpan.FromSeconds(3)));
        await MeasureAsync("history", redis, api, http, () => http.GetStringAsync(Of("/api/history?limit=500")));
        await MeasureAsync("products", redis, api, http, () => AllAsync(http, "/api/db/products?sort=name&limit=200"));
        await MeasureAsync("consistency", redis, api, http, () => http.GetStringAsync(Of("/api/db/consistency")));
        await MeasureAsync("list of every 100th key", redis, api, http, () => AllAsync(http, "/api/keys?pattern=*77&limit=1000"));
        await MeasureAsync("list of all users", redis, api, http, () => AllAsync(http, "/api/keys?pattern=user:*&limit=1000"));
        await MeasureAsync("count by prefix", redis, api, http, () => AllAsync(http, "/api/keys/count?pattern=page:*"));
        await MeasureAsync("tree", redis, api, http, () => AllAsync(http, "/api/keys/tree?limit=1000"));
        await MeasureAsync("delete 100,000 by pattern", redis, api, http, async () =>
        {
            using var response = await http.PostAsJsonAsync(Of("/api/keys/delete"), new { pattern = "user:*" });
            await response.Content.ReadAsStringAsync();
        });
        await MeasureAsync("empty 900,000", redis, api, http, () => http.DeleteAsync(Of("/api/cache")));
    }

    private static async Task MeasureAsync(string what, RedisReplication redis, MeasuredServer api, HttpClient http, Func<Task> action)
    {
        foreach (var node in redis.Nodes)
        {
            await node.ExecuteAsync("CONFIG", "SET", "slowlog-log-slower-than", 5000);
            await node.ExecuteAsync("CONFIG", "RESETSTAT");
            await node.ExecuteAsync("SLOWLOG", "RESET");
        }

        using var stop = new CancellationTokenSource();
        var asking = AskAsync(http, stop.Token);
        var started = Stopwatch.GetTimestamp();
        await action();
        var elapsed = Stopwatch.GetElapsedTime(started);
        await stop.CancelAsync();
        var latencies = await asking;

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what}: {elapsed.TotalSeconds:F2} s; /data from Redis p50 {At(latencies, 0.5):F2} ms, p99 {At(latencies, 0.99):F2} ms, longest {latencies[^1]:F2} ms of {latencies.Count}; API {api.WorkingSet / 1024d / 1024d:F0} MB"));
        foreach (var node in redis.Nodes)
            Console.WriteLine($"  {node.Name}: {await SlowestAsync(node)}");
    }

    // A key that is always there, past the values in the process.
    private static async Task<List<double>> AskAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var latencies = new List<double>();
        while (!cancellationToken.IsCancellationRequested || latencies.Count == 0)
        {
            var started = Stopwatch.GetTimestamp();
            await http.GetStringAsync(Of("/data/hot?bypassNear=true"), CancellationToken.None);
            latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await Task.Delay(Pause, CancellationToken.None);
        }

        latencies.Sort();
        return latencies;
    }

    // Each command's mean, and the upper bounds of the power of two in which its 99th percentile and its longest are.
    private static async Task<string> SlowestAsync(RedisServer node)
    {
        var histograms = ((RedisResult[]?)await node.ExecuteAsync("LATENCY", "HISTOGRAM"))!.Chunk(2).Select(pair =>
        {
            var fields = pair[1];
            var (calls, buckets) = ((long)fields[1], ((RedisResult[]?)fields[3])!.Chunk(2).Select(bucket => (Microseconds: (long)bucket[0], Calls: (long)bucket[1])).ToArray());
            return (Command: (string)pair[0]!, Calls: calls, P99: buckets.First(bucket => bucket.Calls >= calls * 0.99).Microseconds, Longest: buckets[^1].Microseconds);
        }).ToArray();
        var means = (await node.InfoAsync("commandstats")).ToDictionary(stat => stat.Key["cmdstat_".Length..], stat => stat.Value.Split("usec_per_call=")[1].Split(',')[0], StringComparer.Ordinal);
        var slow = ((RedisResult[]?)await node.ExecuteAsync("SLOWLOG", "GET", -1))!
            .Select(entry => string.Create(CultureInfo.InvariantCulture, $"{(string?)entry[3][0]} {(long)entry[2] / 1000d:F1} ms"));
        var slowest = histograms.Where(command => command.Command is not ("psync" or "info")).OrderByDescending(command => command.Longest).Take(3)
            .Select(command => $"{command.Command} {command.Calls} × {means[command.Command]} µs, p99 ≤ {command.P99}, longest ≤ {command.Longest}");
        return $"{string.Join("; ", slowest)}; slower than 5 ms: {string.Join(", ", slow.DefaultIfEmpty("none"))}";
    }

    private static async Task AllAsync(HttpClient http, string path)
    {
        string? cursor = null;
        do
        {
            var page = await http.GetFromJsonAsync<JsonElement>(Of(cursor is null ? path : $"{path}&cursor={Uri.EscapeDataString(cursor)}"));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
    }

    private static Uri Of(string path) => new(path, UriKind.Relative);

    private static double At(List<double> sorted, double share) => sorted[(int)((sorted.Count - 1) * share)];
}
