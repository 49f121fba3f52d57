using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using StackExchange.Redis;

namespace RedisAspire.AppHost.Verification;

/// <summary>The workshop's verification: install, replicate, cache, expire; on the nodes of the application that runs.</summary>
internal sealed class WorkshopVerification(IReadOnlyList<VerifiedNode> nodes, IReadOnlyList<VerifiedNode> sentinels, HttpClient api, VerificationReport report)
{
    private const int Writes = 1000;
    private const double WantedGainPercent = 95;
    private const string Key = "foo";
    private const string Value = "valeur_de_foo";

    private static readonly TimeSpan CatchUp = TimeSpan.FromSeconds(5);

    private VerifiedNode Master => nodes.First(node => node.IsMaster);

    /// <summary>Runs every step. The keys that it writes are removed again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        report.Heading("1. Install: every node answers");
        await PingAsync();
        report.Heading("2. Replicate: what the master holds, every replica holds");
        await ReplicateAsync(cancellationToken);
        report.Heading("3. Cache: slow once, then fast");
        await CacheAsync(cancellationToken);
        report.Heading("4. Expire: slow again");
        await ExpireAsync(cancellationToken);
    }

    private async Task PingAsync()
    {
        foreach (var node in nodes)
        {
            var elapsed = await node.Database.PingAsync();
            report.Check(holds: true, $"{node.Name} at {node.Address}: PING → PONG in {Milliseconds(elapsed)}");
        }

        foreach (var sentinel in sentinels)
        {
            var named = await sentinel.Server.SentinelGetMasterAddressByNameAsync(Hosting.RedisConfiguration.SentinelServiceName);
            var address = EndPointCollection.ToString(named);
            report.Check(Master.IsAt(address), $"{sentinel.Name} at {sentinel.Address}: the master is {address}");
        }
    }

    private async Task ReplicateAsync(CancellationToken cancellationToken)
    {
        var replicas = nodes.Where(node => !node.IsMaster).ToArray();
        var info = await InfoAsync(Master);
        report.Check(
            info["role"] == "master" && info["connected_slaves"] == replicas.Length.ToString(CultureInfo.InvariantCulture),
            $"{Master.Name}: role {info["role"]}, connected_slaves {info["connected_slaves"]}");
        foreach (var replica in replicas)
        {
            var follows = await InfoAsync(replica);
            report.Check(
                follows["role"] == "slave" && follows["master_link_status"] == "up" && Master.IsAt($"{follows["master_host"]}:{follows["master_port"]}"),
                $"{replica.Name}: role {follows["role"]}, master_host {follows["master_host"]}:{follows["master_port"]}, master_link_status {follows["master_link_status"]}");
        }

        await Master.Database.StringSetAsync("projet", "redis cool", TimeSpan.FromMinutes(5));
        foreach (var node in nodes)
        {
            var value = await EventuallyAsync(() => node.Database.StringGetAsync("projet", CommandFlags.PreferReplica), read => read == "redis cool", cancellationToken);
            report.Check(value == "redis cool", $"{node.Name}: GET projet → \"{value}\"");
        }

        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Writes; i++)
            await Master.Database.StringSetAsync($"verify:{i}", i, TimeSpan.FromMinutes(5));
        var elapsed = Stopwatch.GetElapsedTime(started);
        report.Note(string.Create(CultureInfo.InvariantCulture, $"{Writes} SETs one after another in {Milliseconds(elapsed)}, {Writes / elapsed.TotalSeconds:N0} per second"));

        // The API stores keys of its own meanwhile.
        foreach (var node in nodes)
        {
            var (keys, onMaster) = await EventuallyAsync(
                async () => (await node.Server.DatabaseSizeAsync(), await Master.Server.DatabaseSizeAsync()), counts => counts.Item1 == counts.Item2, cancellationToken);
            report.Check(keys == onMaster && keys > Writes, $"{node.Name}: {keys} keys, the API's own among them");
        }

        await Master.Database.KeyDeleteAsync([.. Enumerable.Range(0, Writes).Select(i => (RedisKey)$"verify:{i}"), "projet"]);
    }

    private async Task CacheAsync(CancellationToken cancellationToken)
    {
        // The first requests are slow for other reasons than the cache.
        for (var i = 0; i < 3; i++)
            await AskAsync("warm-up", cancellationToken);
        using (var removed = await api.DeleteAsync(new Uri($"/data/{Key}", UriKind.Relative), cancellationToken))
            removed.EnsureSuccessStatusCode();

        var miss = await AskAsync(Key, cancellationToken);
        report.Check(miss is { Source: "database", Data: Value }, $"first request: {miss.Data} from the {miss.Source} in {Milliseconds(miss.Elapsed)}");

        var hit = await AskAsync(Key, cancellationToken);
        var gain = 100 * (1 - (hit.Elapsed / miss.Elapsed));
        report.Check(hit is { Source: "cache", Data: Value }, $"second request: {hit.Data} from the {hit.Source} in {Milliseconds(hit.Elapsed)}");
        report.Check(gain > WantedGainPercent, string.Create(CultureInfo.InvariantCulture, $"gain {gain:F1} % (more than {WantedGainPercent} %)"));
    }

    private async Task ExpireAsync(CancellationToken cancellationToken)
    {
        foreach (var node in nodes)
        {
            var value = await EventuallyAsync(() => node.Database.StringGetAsync(Key, CommandFlags.PreferReplica), read => !read.IsNull, cancellationToken);
            var remaining = await node.Database.KeyTimeToLiveAsync(Key, CommandFlags.PreferReplica);
            report.Check(value == Value && remaining > TimeSpan.Zero, string.Create(CultureInfo.InvariantCulture, $"{node.Name}: GET {Key} → {value}, TTL {Key} → {remaining?.TotalSeconds:F1} s"));
        }

        var first = await RemainingAsync();
        var later = await EventuallyAsync(RemainingAsync, left => left < first - TimeSpan.FromMilliseconds(500), cancellationToken);
        report.Check(later < first, string.Create(CultureInfo.InvariantCulture, $"the TTL counts down: {first.TotalSeconds:F1} s, then {later.TotalSeconds:F1} s"));

        report.Note("waiting for the TTL to run out …");
        var gone = await EventuallyAsync(async () => !await Master.Database.KeyExistsAsync(Key), isGone => isGone, cancellationToken, later + CatchUp);
        report.Check(gone, $"{Key} has expired on the master");

        var again = await AskAsync(Key, cancellationToken);
        report.Check(again.Source == "database", $"next request: from the {again.Source} in {Milliseconds(again.Elapsed)}");

        async Task<TimeSpan> RemainingAsync() => await Master.Database.KeyTimeToLiveAsync(Key) ?? TimeSpan.Zero;
    }

    private async Task<(string Data, string Source, TimeSpan Elapsed)> AskAsync(string key, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var answer = await api.GetFromJsonAsync<JsonElement>(new Uri($"/data/{key}", UriKind.Relative), cancellationToken);
        return (answer.GetProperty("data").GetString()!, answer.GetProperty("source").GetString()!, Stopwatch.GetElapsedTime(started));
    }

    private static async Task<IReadOnlyDictionary<string, string>> InfoAsync(VerifiedNode node) =>
        (await node.Server.InfoAsync("replication")).SelectMany(section => section).ToDictionary(field => field.Key, field => field.Value, StringComparer.Ordinal);

    // Replication is asynchronous: a replica is asked again until it has caught up, or for as long as it may take.
    private static async Task<T> EventuallyAsync<T>(Func<Task<T>> read, Func<T, bool> isDone, CancellationToken cancellationToken, TimeSpan? timeout = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var value = await read();
            if (isDone(value) || Stopwatch.GetElapsedTime(started) > (timeout ?? CatchUp))
                return value;
            await Task.Delay(10, cancellationToken);
        }
    }

    private static string Milliseconds(TimeSpan elapsed) => string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalMilliseconds:N1} ms");
}

/// <summary>A node or sentinel under verification: where it is reached from here and from the others, and a connection to it alone.</summary>
internal sealed record VerifiedNode(string Name, string Address, string PeerAddress, bool IsMaster, IConnectionMultiplexer Connection)
{
    public IDatabase Database => Connection.GetDatabase();

    public IServer Server => Connection.GetServers()[0];

    /// <summary>Whether an address is the one by which nodes and sentinels know it.</summary>
    public bool IsAt(string address) => address == PeerAddress;
}
