using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.RedisProcesses;

namespace RedisAspire.Standalone.Demo;

/// <summary>The workshop's verification in the console: install, replicate, cache, expire; each on a real, fresh topology.</summary>
internal sealed class WorkshopDemo(StandaloneApplication application, HttpClient api, DemoReport report, TimeSpan timeToLive)
{
    private const int Sentinels = 3;
    private const int Writes = 1000;
    private const double WantedGainPercent = 95;

    private static readonly TimeSpan CatchUp = TimeSpan.FromSeconds(5);

    /// <summary>Starts a topology, runs every step on it and ends it.</summary>
    /// <returns>Whether every step succeeded.</returns>
    /// <exception cref="LaunchException">The topology cannot be started.</exception>
    public static async Task<bool> RunAsync(TextWriter output, int replicas, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync($"Starting a Redis master, {replicas} replicas, {Sentinels} sentinels and the API …");
        var options = new LaunchOptions
        {
            Replicas = replicas,
            RedisPort = 0,
            Sentinels = Sentinels,
            SentinelPort = 0,
            ApiPort = 0,
            HasWeb = false,
            ApiEnvironment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Cache__Expiration"] = timeToLive.ToString("c", CultureInfo.InvariantCulture),
            },
        };
        await using var application = await StandaloneApplication.StartAsync(options, DataDirectory.CreateTemporary(), LaunchLog.Silent, cancellationToken);

        using var api = new HttpClient { BaseAddress = application.Apis[0].Url };
        var report = new DemoReport(output);
        await new WorkshopDemo(application, api, report, timeToLive).RunStepsAsync(cancellationToken);
        return report.Conclude();
    }

    private async Task RunStepsAsync(CancellationToken cancellationToken)
    {
        report.Heading("1. Install: every node answers");
        await PingAsync();
        report.Heading("2. Replicate: what the master holds, every replica holds");
        await ReplicateAsync(cancellationToken);
        report.Heading("3. Cache: slow once, then fast");
        await CacheAsync(cancellationToken);
        report.Heading($"4. Expire: after {timeToLive.TotalSeconds} s, slow again");
        await ExpireAsync(cancellationToken);
    }

    private async Task PingAsync()
    {
        foreach (var node in application.Redis.Nodes)
        {
            var answer = (string?)await node.ExecuteAsync("PING");
            report.Check(answer == "PONG", $"{node.Name} on port {node.Port}: PING → {answer}");
        }

        var master = application.Redis.Master;
        foreach (var sentinel in application.Redis.Sentinels)
        {
            var port = await sentinel.MasterPortAsync();
            report.Check(port == master.Port, $"{sentinel.Name} on port {sentinel.Port}: the master is 127.0.0.1:{port}");
        }
    }

    private async Task ReplicateAsync(CancellationToken cancellationToken)
    {
        var master = application.Redis.Master;
        var replicas = application.Redis.Replicas.ToArray();

        var info = await master.InfoAsync("replication");
        report.Check(
            info["role"] == "master" && info["connected_slaves"] == replicas.Length.ToString(CultureInfo.InvariantCulture),
            $"{master.Name}: role {info["role"]}, connected_slaves {info["connected_slaves"]}");
        foreach (var replica in replicas)
        {
            var follows = await replica.InfoAsync("replication");
            report.Check(
                follows["role"] == "slave" && follows["master_link_status"] == "up" && follows["master_port"] == master.Port.ToString(CultureInfo.InvariantCulture),
                $"{replica.Name}: role {follows["role"]}, master_host {follows["master_host"]}:{follows["master_port"]}, master_link_status {follows["master_link_status"]}");
        }

        await master.ExecuteAsync("SET", "projet", "redis cool");
        foreach (var node in application.Redis.Nodes)
        {
            var value = await EventuallyAsync(async () => (string?)await node.ExecuteAsync("GET", "projet"), read => read == "redis cool", cancellationToken);
            report.Check(value == "redis cool", $"{node.Name}: GET projet → \"{value}\"");
        }

        await using var client = await RedisClient.ConnectAsync(master.Port, application.Redis.Users.Application);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Writes; i++)
            await client.ExecuteAsync("SET", $"demo:{i}", i);
        var elapsed = Stopwatch.GetElapsedTime(started);
        report.Note($"{Writes} SETs one after another in {Milliseconds(elapsed)}, {Writes / elapsed.TotalSeconds:N0} per second");

        // The API keeps some of its own, as it goes on.
        foreach (var node in application.Redis.Nodes)
        {
            var (keys, onMaster) = await EventuallyAsync(
                async () => ((long)await node.ExecuteAsync("DBSIZE"), (long)await master.ExecuteAsync("DBSIZE")), counts => counts.Item1 == counts.Item2, cancellationToken);
            report.Check(keys == onMaster && keys > Writes, $"{node.Name}: {keys} keys, the API's own among them");
        }
    }

    private async Task CacheAsync(CancellationToken cancellationToken)
    {
        // What takes its time at the very first requests is not the cache.
        for (var i = 0; i < 3; i++)
            await AskAsync("warm-up", cancellationToken);

        var miss = await AskAsync("foo", cancellationToken);
        report.Check(miss is { Source: "database", Data: "valeur_de_foo" }, $"first request: {miss.Data} from the {miss.Source} in {Milliseconds(miss.Elapsed)}");
        report.Check(miss.Elapsed > TimeSpan.FromSeconds(1.5), "the database took about two seconds");

        var hit = await AskAsync("foo", cancellationToken);
        var gain = 100 * (1 - (hit.Elapsed / miss.Elapsed));
        report.Check(hit is { Source: "cache", Data: "valeur_de_foo" }, $"second request: {hit.Data} from the {hit.Source} in {Milliseconds(hit.Elapsed)}");
        report.Check(gain > WantedGainPercent, string.Create(CultureInfo.InvariantCulture, $"gain {gain:F1} % (more than {WantedGainPercent} %)"));
    }

    private async Task ExpireAsync(CancellationToken cancellationToken)
    {
        foreach (var node in application.Redis.Nodes)
        {
            var value = await EventuallyAsync(async () => (string?)await node.ExecuteAsync("GET", "foo"), read => read is not null, cancellationToken);
            var remaining = (long)await node.ExecuteAsync("PTTL", "foo");
            report.Check(
                value == "valeur_de_foo" && remaining > 0 && remaining <= timeToLive.TotalMilliseconds,
                string.Create(CultureInfo.InvariantCulture, $"{node.Name}: GET foo → {value}, TTL foo → {remaining / 1000.0:F1} s"));
        }

        var first = (long)await application.Redis.Master.ExecuteAsync("PTTL", "foo");
        var later = await EventuallyAsync(async () => (long)await application.Redis.Master.ExecuteAsync("PTTL", "foo"), left => left < first - 500, cancellationToken);
        report.Check(later < first, string.Create(CultureInfo.InvariantCulture, $"the TTL counts down: {first / 1000.0:F1} s, then {later / 1000.0:F1} s"));

        report.Note("waiting for the TTL to run out …");
        var gone = await EventuallyAsync(
            async () => (bool)await application.Redis.Master.ExecuteAsync("EXISTS", "foo"), exists => !exists, cancellationToken, timeToLive + CatchUp);
        report.Check(!gone, "foo has expired on the master");

        var again = await AskAsync("foo", cancellationToken);
        report.Check(again.Source == "database", $"next request: from the {again.Source} in {Milliseconds(again.Elapsed)}");
    }

    private async Task<(string Data, string Source, TimeSpan Elapsed)> AskAsync(string key, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var answer = await api.GetFromJsonAsync<JsonElement>(new Uri($"/data/{key}", UriKind.Relative), cancellationToken);
        return (answer.GetProperty("data").GetString()!, answer.GetProperty("source").GetString()!, Stopwatch.GetElapsedTime(started));
    }

    // Replication is asynchronous: a replica is asked again until it has caught up, or for as long as patience lasts.
    private static async Task<T> EventuallyAsync<T>(Func<Task<T>> read, Func<T, bool> isDone, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var value = await read();
            if (isDone(value) || Stopwatch.GetElapsedTime(started) > (patience ?? CatchUp))
                return value;
            await Task.Delay(10, cancellationToken);
        }
    }

    private static string Milliseconds(TimeSpan elapsed) => string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalMilliseconds:N1} ms");
}
